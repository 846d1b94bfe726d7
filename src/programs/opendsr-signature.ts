/** Whether something was signed by a service of ours: the certificate is its own, is good now, and the signature fits. */
import { verify, X509Certificate } from 'node:crypto'
import { now } from '../clock.ts'

/** What was signed, as it came: the very bytes, before anything reads them. */
export interface Signed {
  readonly text: string
  readonly domain: string
  readonly signature: string
}

/** By what a service is known. */
export interface Signer {
  readonly domain: string
  /** In PEM. */
  readonly certificate: string
}

/** What is wrong with a certificate, in words; undefined when nothing is. */
export function faultOf({ domain, certificate }: Signer): string | undefined {
  const read = certificateIn(certificate)
  if (!read) return 'That is no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----.'
  if (read.validFromDate > now() || read.validToDate < now()) return 'That certificate is not valid today.'
  if (!read.checkHost(domain, { wildcards: false, subject: 'never' }))
    return `That certificate is not for ${domain}; one for all names below a domain does not count.`
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = read.publicKey
  if (type !== 'rsa' || (details?.modulusLength ?? 0) < 2048) return 'That certificate has no RSA key of at least 2048 bits.'
  return undefined
}

function certificateIn(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}

/** Did this service sign it, with a certificate that is good at this moment? */
export function isSignedBy(signer: Signer, { text, domain, signature }: Signed): 'yes' | 'not its name' | 'not its signature' {
  if (domain !== signer.domain || faultOf(signer) !== undefined) return 'not its name'
  if (!/^[A-Za-z0-9+/]{300,1400}={0,2}$/.test(signature)) return 'not its signature'
  const key = new X509Certificate(signer.certificate).publicKey
  return verify('RSA-SHA256', Buffer.from(text), key, Buffer.from(signature, 'base64')) ? 'yes' : 'not its signature'
}
