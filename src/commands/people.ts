/** `cloudrun people`: what is held about somebody. */
import { wrongUsage } from './terminal.ts'

export async function people(): Promise<number> {
  throw wrongUsage('cloudrun people is not there yet.')
}
