import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Browser } from '../../test/browser.ts'
import { openTestHouse, settings } from '../../test/harness.ts'
import { type Entry, mmdb } from '../../test/mmdb.ts'
import { programWith } from '../../test/program.ts'
import { openApp } from '../app.ts'
import { dayOf } from './dimension.ts'
import { now } from '../clock.ts'
import { places } from '../commands/places.ts'
import { placeOf } from './place.ts'
import { openTable, PLACES_FILE, writeTable } from './place-table.ts'
import { Names, rangesIn } from './place-tree.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'cloudrun-places-'))
after(() => rmSync(dataDir, { recursive: true, force: true }))

const flat = (country_code: string, state1: string, city: string) => ({ country_code, state1, state2: '', city })
const nested = (country: string, region?: string) => ({
  country: { iso_code: country, names: { en: country } },
  ...(region && { subdivisions: [{ iso_code: 'X', names: { de: 'anders', en: region } }] }),
})

// Networks of universities as DB-IP's table of cities (IP Geolocation by DB-IP, CC BY 4.0) has them, cut out of it.
const v4: Entry[] = [
  ['18.8.0.0/13', flat('US', 'Massachusetts', 'Cambridge')],
  ['129.67.0.0/19', flat('GB', 'England', 'Oxford')],
  ['130.79.0.0/19', flat('FR', 'Grand Est', 'Strasbourg')],
  ['133.10.0.0/15', flat('JP', 'Tokyo', 'Tokyo')],
  ['141.14.16.0/20', flat('DE', 'State of Berlin', 'Berlin')],
  ['171.64.0.0/15', flat('US', 'California', 'Stanford')],
  // The same place under another city: one range with the one before it.
  ['171.66.0.0/15', flat('US', 'California', 'Palo Alto')],
]
const v6: Entry[] = [
  ['2001:630:440::/44', flat('GB', 'England', 'Oxford')],
  ['2001:638:500::/48', flat('DE', 'North Rhine-Westphalia', 'Cologne')],
  ['2607:f140::/38', flat('US', 'California', 'Berkeley')],
]

const file = (name: string, bytes: Buffer): string => {
  writeFileSync(join(dataDir, name), bytes)
  return join(dataDir, name)
}
const files = [file('v4.mmdb', mmdb(4, v4)), file('v6.mmdb', mmdb(6, v6))]

async function command(...words: string[]): Promise<number> {
  process.env['DATA_DIR'] = dataDir
  try {
    return await places(words, { json: true })
  } finally {
    delete process.env['DATA_DIR']
  }
}

const known: [address: string, country: string, region: string][] = [
  ['18.9.22.10', 'US', 'Massachusetts'],
  ['18.8.0.0', 'US', 'Massachusetts'],
  ['18.15.255.255', 'US', 'Massachusetts'],
  ['18.16.0.0', '', ''],
  ['18.7.255.255', '', ''],
  ['0.0.0.0', '', ''],
  ['255.255.255.255', '', ''],
  ['141.14.16.9', 'DE', 'State of Berlin'],
  ['171.67.1.1', 'US', 'California'],
  ['::ffff:129.67.1.1', 'GB', 'England'],
  ['2001:638:500::1', 'DE', 'North Rhine-Westphalia'],
  ['2001:638:500:ffff:ffff:ffff:ffff:ffff', 'DE', 'North Rhine-Westphalia'],
  ['2001:638:501::', '', ''],
  ['2607:f140:3::9', 'US', 'California'],
  ['::1', '', ''],
]

test('the derived table says of every address what the large ones say, and no city', async () => {
  assert.equal(await command(...files), 0)
  const table = openTable(join(dataDir, PLACES_FILE))
  for (const [address, country, region] of known) assert.deepEqual(table.get(address), [country, region], address)
  for (const nonsense of ['', 'nobody', '1.2.3.4.5', '12345::', '1.2.3.4/8', 'fe80::1%eth0', '999.1.1.1'])
    assert.throws(() => table.get(nonsense), nonsense)
  const config = settings({ DATA_DIR: dataDir })
  assert.deepEqual(placeOf(config, '129.67.1.1'), { country: 'GB', region: 'GB, England' })
  assert.deepEqual(placeOf(config, 'nobody'), { country: '', region: '' })
})

test('a table of many ranges is searched in every block, in both families', () => {
  const path = join(dataDir, 'many.bin')
  const starts = Array.from({ length: 5000 }, (_, at) => at * 1000)
  const codes = starts.map((_, at) => at % 3)
  writeTable(
    path,
    [
      ['', ''],
      ['DE', 'Hesse'],
      ['US', ''],
    ],
    { v4: { starts, codes }, v6: { starts: [], codes: [] } },
  )
  const table = openTable(path)
  const address = (number: number): string => [24, 16, 8, 0].map((by) => (number >>> by) & 255).join('.')
  for (let number = 0; number < 5_100_000; number += 499) {
    const at = Math.min(4999, Math.floor(number / 1000))
    assert.deepEqual(table.get(address(number))[0], ['', 'DE', 'US'][at % 3], String(number))
  }
  assert.deepEqual(table.get('2001::1'), ['', ''])
})

test('a table with both families in one tree, in the other way of saying it', () => {
  const names = new Names()
  const both = mmdb(6, [
    ['129.67.0.0/19', nested('GB', 'England')],
    ['141.14.16.0/20', nested('DE')],
    ['2001:630:440::/44', nested('GB', 'England')],
  ])
  const ranges = rangesIn(both, names)
  assert.deepEqual(names.list, [
    ['', ''],
    ['GB', 'England'],
    ['DE', ''],
  ])
  const path = join(dataDir, 'both.bin')
  writeTable(path, names.list, ranges)
  const table = openTable(path)
  assert.deepEqual(table.get('129.67.1.1'), ['GB', 'England'])
  assert.deepEqual(table.get('141.14.17.1'), ['DE', ''])
  assert.deepEqual(table.get('2001:630:440::9'), ['GB', 'England'])
  assert.deepEqual(table.get('::8143:101'), ['', ''], 'IPv4 is told as IPv4 alone')
})

test('what is no city-level table is refused in a sentence, and leaves what was there', async () => {
  await assert.rejects(command(), /Which table\?/)
  await assert.rejects(command(join(dataDir, 'nothing.mmdb')), /nothing\.mmdb cannot be read as a table of places/)
  await assert.rejects(command(file('text.mmdb', Buffer.from('hello'))), /cannot be read as a table of places/)
  const countries = file('countries.mmdb', mmdb(4, [['129.67.0.0/19', { country_code: 'GB' }]]))
  await assert.rejects(command(countries), /tells a region: a city-level table is needed/)
  assert.deepEqual(openTable(join(dataDir, PLACES_FILE)).get('129.67.1.1'), ['GB', 'England'])
})

const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:151.0) Gecko/20100101 Firefox/151.0'

test('regions are told below countries: as a panel, a filter, CSV and by the API; a rare one is among the others', async () => {
  const house = await openTestHouse({ DATA_DIR: dataDir, TRUSTED_PROXIES: '127.0.0.1' })
  const app = openApp(house.house)
  const come = async (network: string, count: number): Promise<void> => {
    for (let one = 1; one <= count; one++) {
      const visitor = new Browser(app, 'http://localhost:3000')
      visitor.headers = { 'user-agent': AGENT, 'x-forwarded-for': network + one }
      await visitor.get(network.startsWith('18') ? '/services' : '/help')
    }
  }
  for (const [network, count] of [
    ['171.64.0.', 7],
    ['18.9.22.', 6],
    ['129.67.1.', 3],
    ['9.9.9.', 5],
  ] as const)
    await come(network, count)
  await house.settle()
  const owner = await house.member('owner')
  const today = dayOf(now())
  const csv = await owner.read(`/staff/navigation/panel.csv?of=region&from=${today}&until=${today}`)
  assert.deepEqual(
    csv
      .trimEnd()
      .split('\r\n')
      .map((line) => line.split(',').slice(0, -4).join(',')),
    [
      'region,name,visitors',
      '"US, California","California, United States",7',
      '"US, Massachusetts","Massachusetts, United States",6',
      ',unknown,5',
      ',Other,3',
    ],
  )
  const page = await owner.read('/staff/navigation?days=1')
  assert.match(page, /<h3>Regions<\/h3>/)
  assert.match(page, /is\.region=US%2C\+California[^>]*>California, United States</)
  assert.doesNotMatch(page, /England/)
  assert.match(page, /IP Geolocation by DB-IP/)
  const filtered = await owner.read('/staff/navigation?days=1&is.region=US%2C+Massachusetts')
  assert.match(filtered, /Regions: Massachusetts, United States/)
  const program = await programWith(house, ['reports:read'])
  const answer = await program.get(`/reports/panels/region?from=${today}&until=${today}&filter=${encodeURIComponent('country=US')}`)
  const rows = answer.body['rows'] as { value: string; visitors: number }[]
  assert.deepEqual(
    rows.map(({ value, visitors }) => [value, visitors]),
    [
      ['US, California', 7],
      ['US, Massachusetts', 6],
    ],
  )
})
