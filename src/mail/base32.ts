/** Bytes as small letters and digits only, because some servers change the case of what stands before the @. */

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

/** Five bits a sign, without padding. */
export function inBase32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')
}

/** The bytes that were written so; undefined for any other text. */
export function fromBase32(text: string): Buffer | undefined {
  if (/[^a-z2-7]/.test(text)) return undefined
  const bits = [...text].map((sign) => ALPHABET.indexOf(sign).toString(2).padStart(5, '0')).join('')
  const bytes = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  // The last sign may hold bits that are not needed: of the ways to write it, only one counts.
  return inBase32(bytes) === text ? bytes : undefined
}
