import type { Connection } from 'mysql2'
import type { TlsMaterial } from '../config/config.ts'

/** The driver's options for TLS. */
export function tlsOptions({ ca, cert, key }: TlsMaterial) {
  return {
    rejectUnauthorized: true,
    verifyIdentity: true,
    minVersion: 'TLSv1.2',
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key: key.reveal() }),
  }
}

interface Stream {
  _host?: string
  readonly encrypted?: boolean
}

const streamOf = (driver: Connection) => (driver as unknown as { readonly stream: Stream }).stream

/**
 * Has a certificate verified against the host that was dialled. For an IP address the driver names Node no host, and
 * Node then asks the socket, which knows only one that was looked up by name, and else takes `localhost`.
 */
export function verifyAgainst(driver: Connection, host: string): void {
  streamOf(driver)._host = host
}

/** Whether what travels is encrypted, by the socket's own account. */
export function isEncrypted(driver: Connection): boolean {
  return streamOf(driver).encrypted === true
}

/** Whether the same certificates are shown and accepted, or both go in the clear. */
export function isSameTls(a: TlsMaterial | undefined, b: TlsMaterial | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return a.ca === b.ca && a.cert === b.cert && a.key?.reveal() === b.key?.reveal()
}
