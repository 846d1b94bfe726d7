/** Which addresses are on the open internet, and which in somebody's own network. */
import { BlockList, isIP } from 'node:net'

// Networks that are nobody's on the open internet, by their registries at IANA.
const PRIVATE = {
  ipv4: [
    ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24'],
    ...['192.31.196.0/24', '192.52.193.0/24', '192.88.99.0/24', '192.168.0.0/16', '192.175.48.0/24', '198.18.0.0/15'],
    ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  ],
  // Of IPv6, only 2000::/3 is given out; these lie in it and are special, or carry an IPv4 address.
  ipv6: ['::/3', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', '4000::/2', '8000::/1'],
} as const

function listOf(family: keyof typeof PRIVATE): BlockList {
  const list = new BlockList()
  for (const network of PRIVATE[family]) {
    const [address = '', bits] = network.split('/')
    list.addSubnet(address, Number(bits), family)
  }
  return list
}
const own = { ipv4: listOf('ipv4'), ipv6: listOf('ipv6') }
const machine = new BlockList()
machine.addSubnet('127.0.0.0', 8, 'ipv4')
machine.addAddress('::1', 'ipv6')

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** Is this an address on the open internet? No name is. */
export const isPublic = (address: string): boolean => isIP(address) !== 0 && !own[familyOf(address)].check(address, familyOf(address))

/** Is this an address of the machine itself? */
export const isThisMachine = (address: string): boolean => isIP(address) !== 0 && machine.check(address, familyOf(address))

/** The host of a URL, an IPv6 address without its brackets, in small letters. */
export const hostIn = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '').toLowerCase()

const PORTS: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'smtp:': 587,
  'smtps:': 465,
  'imap:': 143,
  'imaps:': 993,
  'postgres:': 5432,
  'postgresql:': 5432,
}

/** The port of a URL, its protocol's own where it names none. */
export const portIn = ({ port, protocol }: URL): number => (port ? Number(port) : (PORTS[protocol] ?? 0))
