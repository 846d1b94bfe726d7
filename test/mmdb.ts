/** Writes small tables of places in MaxMind's file format (maxmind.github.io/MaxMind-DB), as large ones are written. */

/** A network, such as `129.67.0.0/19`, and what is told of it. */
export type Entry = readonly [network: string, told: Told]
type Told = string | number | { readonly [name: string]: Told } | readonly Told[]

type Node = [left: Node | Told | undefined, right: Node | Told | undefined]

/** A table of one family, or (`6`) of both, where IPv4 lies under 96 zeros. */
export function mmdb(ipVersion: 4 | 6, entries: readonly Entry[]): Buffer {
  const root: Node = [undefined, undefined]
  for (const [network, told] of entries) put(root, bitsOf(network, ipVersion), told)
  const nodes: Node[] = []
  number(root, nodes)
  const data: Buffer[] = []
  let size = 0
  const recordOf = (side: Node[0]): number => {
    if (side === undefined) return nodes.length
    if (Array.isArray(side) && nodes.includes(side as Node)) return nodes.indexOf(side as Node)
    const bytes = encoded(side as Told)
    data.push(bytes)
    size += bytes.length
    return nodes.length + 16 + size - bytes.length
  }
  const tree = Buffer.alloc(nodes.length * 6)
  for (const [at, sides] of nodes.entries())
    for (const [side, one] of sides.entries()) tree.writeUIntBE(recordOf(one), at * 6 + side * 3, 3)
  const metadata = {
    node_count: nodes.length,
    record_size: 24,
    ip_version: ipVersion,
    database_type: 'places',
    binary_format_major_version: 2,
  }
  const rest = { binary_format_minor_version: 0, build_epoch: 1_780_000_000, languages: [], description: {} }
  const mark = Buffer.concat([Buffer.from([0xab, 0xcd, 0xef]), Buffer.from('MaxMind.com')])
  return Buffer.concat([tree, Buffer.alloc(16), ...data, mark, encoded({ ...metadata, ...rest })])
}

function bitsOf(network: string, ipVersion: 4 | 6): string {
  const [address = '', length = ''] = network.split('/')
  if (!address.includes(':')) {
    const bits = address.split('.').map((part) => Number(part).toString(2).padStart(8, '0'))
    return (ipVersion === 6 ? '0'.repeat(96) : '') + bits.join('').slice(0, Number(length))
  }
  const [left = [], right = []] = address.split('::').map((part) => part.split(':').filter(Boolean))
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right]
  return groups
    .map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0'))
    .join('')
    .slice(0, Number(length))
}

function put(root: Node, bits: string, told: Told): void {
  let node = root
  for (const bit of bits.slice(0, -1)) node = (node[Number(bit) as 0 | 1] ??= [undefined, undefined]) as Node
  node[Number(bits.at(-1)) as 0 | 1] = told
}

function number(node: Node, nodes: Node[]): void {
  nodes.push(node)
  for (const side of node) if (Array.isArray(side)) number(side as Node, nodes)
}

/** The format's types: 2 text, 6 unsigned, 7 map, 11 list (told by an extra byte). */
function encoded(told: Told): Buffer {
  if (typeof told === 'string') return Buffer.concat([head(2, Buffer.byteLength(told)), Buffer.from(told)])
  if (typeof told === 'number') return Buffer.from([(6 << 5) | 4, told >>> 24, (told >> 16) & 255, (told >> 8) & 255, told & 255])
  if (Array.isArray(told)) return Buffer.concat([Buffer.from([told.length, 4]), ...(told as Told[]).map(encoded)])
  const pairs = Object.entries(told as Record<string, Told>)
  return Buffer.concat([head(7, pairs.length), ...pairs.flatMap(([name, value]) => [encoded(name), encoded(value)])])
}

const head = (type: number, size: number): Buffer =>
  size < 29 ? Buffer.from([(type << 5) | size]) : Buffer.from([(type << 5) | 29, size - 29])
