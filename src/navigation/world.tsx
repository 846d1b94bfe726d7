/** The map of the world, and visitors on it: the darker a country, the more came from there. */
import { createRequire } from 'node:module'
import { geoEqualEarth, geoPath } from 'd3-geo'
import { feature } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import { Twin } from './charts.tsx'
import type { Panel } from './store.ts'
import { nameOf, number } from './words.ts'

const [WIDTH, HEIGHT] = [960, 440]
const SHADES = 6
const ANTARCTICA = '010'

interface Shape {
  /** Two letters; empty where the map shows what has none. */
  readonly country: string
  readonly path: string
}

type Countries = Topology<{ countries: GeometryCollection<{ name: string }> }>

let drawn: readonly Shape[] | undefined

/** Every country's outline (Natural Earth, public domain), computed once. */
export function outlines(): readonly Shape[] {
  if (drawn) return drawn
  const require = createRequire(import.meta.url)
  const world = require('world-atlas/countries-110m.json') as Countries
  // Two letters for the three digits by which the map knows a country.
  const codes = new Map((require('i18n-iso-countries/codes.json') as string[][]).map(([two = '', , digits = '']) => [digits, two]))
  const { features } = feature(world, world.objects.countries)
  const shown = { type: 'FeatureCollection' as const, features: features.filter(({ id }) => id !== ANTARCTICA) }
  const path = geoPath(geoEqualEarth().fitSize([WIDTH, HEIGHT], shown)).digits(1)
  drawn = shown.features.map((country) => ({
    country: codes.get(String(country.id)) ?? '',
    path: path(country) ?? '',
  }))
  return drawn
}

// Countries differ by powers of ten, so shades follow the logarithm.
const shadeOf = (visitors: number, most: number): number => Math.ceil((SHADES * Math.log1p(visitors)) / Math.log1p(most))

export function WorldMap({ panel: { rows, other } }: { panel: Panel }) {
  const visitors = new Map(rows.map(({ value, counts }) => [value, counts.visitors]))
  visitors.delete('')
  const most = Math.max(1, ...visitors.values())
  return (
    <>
      <svg class="world" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        {outlines().map(({ country, path }) => (
          <path class={`shade-${shadeOf(visitors.get(country) ?? 0, most)}`} d={path}>
            {country && <title>{`${nameOf('country', country)}: ${number(visitors.get(country) ?? 0)} visitors`}</title>}
          </path>
        ))}
      </svg>
      <Twin
        label="Visitors by country"
        heads={['Country', 'Visitors', 'Visits']}
        rows={[...rows.map(({ value, counts }) => ({ name: nameOf('country', value), counts })), { name: 'Other', counts: other }].map(
          ({ name, counts }) => [name, number(counts.visitors), number(counts.visits)],
        )}
      />
    </>
  )
}
