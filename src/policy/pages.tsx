/** The data map and the list of processors, as pages. */
import { bases } from '../database/classify.ts'
import { categories } from '../database/purposes.ts'
import { processorsOf } from '../processors/all.ts'
import type { Config } from '../config.ts'
import { Table } from '../web/lists.tsx'
import { Crumbs } from '../web/layout.tsx'
import type { MappedTable } from './data-map.ts'

const up = [{ href: '/privacy', text: 'Privacy policy' }]

export const DataMapPage = ({ map }: { map: readonly MappedTable[] }) => (
  <>
    <Crumbs to={up} here="Data that we keep" />
    <h1>Data that we keep</h1>
    <p>
      This page is made from the program's own declarations: a column that is not explained here cannot exist. It is also there{' '}
      <a href="/privacy/data.json">for machines</a>, as <a href="/privacy/data.csv">a table</a>, and in the words of others:{' '}
      <a href="/privacy/data.jsonld">the W3C’s Data Privacy Vocabularies</a>, <a href="/privacy/data.fides.yml">Fides</a>. What is held
      about you in particular is in <a href="/account/privacy">your account</a>. How often authorities demanded some of it is counted{' '}
      <a href="/privacy/demands">on a page of its own</a>.
    </p>
    {map.map((table) => (
      <MapTable table={table} />
    ))}
  </>
)

const MapTable = ({ table }: { table: MappedTable }) => (
  <section>
    <h2>{table.says}</h2>
    <p>
      {table.basis}. Kept for: {table.keptFor.toLowerCase()}. When you erase yourself: {table.onErasure.toLowerCase()}.
    </p>
    <Table label={table.says}>
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">Kind</th>
          <th scope="col">Used for</th>
        </tr>
      </thead>
      <tbody>
        {table.columns.map((column) => (
          <tr>
            <th scope="row" class="phrase">
              {column.says}
            </th>
            <td>{column.category}</td>
            <td>{column.purposes.length > 0 ? column.purposes.join('; ') : 'Nothing reads it'}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  </section>
)

export const ProcessorsPage = ({ config }: { config: Config }) => (
  <>
    <Crumbs to={up} here="Who receives data" />
    <h1>Who receives data</h1>
    <p>
      Nothing is shared, sold, rented or traded for advertising. These receive what they need to do their work, and nothing else can leave
      the program.
    </p>
    {processorsOf(config).map((processor) => (
      <section>
        <h2>{processor.name}</h2>
        <dl class="facts">
          <div>
            <dt>What it does</dt>
            <dd>{processor.does}</dd>
          </div>
          <div>
            <dt>Where</dt>
            <dd>
              {processor.where}
              {processor.byChoice && `: ${processor.way?.(config)?.host ?? ''}`}
              {processor.transfer && `; ${processor.transfer}`}
            </dd>
          </div>
          <div>
            <dt>What it receives</dt>
            <dd>
              {[...new Set(Object.values(processor.receives))].map((category) => categories[category]).join('; ') ||
                'Nothing about anybody'}
            </dd>
          </div>
          {processor.byChoice && (
            <div>
              <dt>Field by field</dt>
              <dd>{Object.keys(processor.receives).join(', ')}</dd>
            </div>
          )}
          <div>
            <dt>Why it may</dt>
            <dd>{bases[processor.basis]}</dd>
          </div>
          <div>
            <dt>How it forgets</dt>
            <dd>{processor.forget}</dd>
          </div>
          <div>
            <dt>What becomes of a correction</dt>
            <dd>{processor.correct}</dd>
          </div>
        </dl>
      </section>
    ))}
  </>
)
