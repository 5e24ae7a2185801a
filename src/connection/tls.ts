import { connect, isIP, type Socket } from 'node:net'
import type { Address } from './connection.ts'

/** The driver's options for TLS; none if the connection is to go in the clear. */
export function tlsOptions({ host, port, tlsMaterial }: Pick<Address, 'host' | 'port' | 'tlsMaterial'>) {
  if (tlsMaterial === undefined) return {}
  const { ca, cert, key } = tlsMaterial
  const ssl = {
    rejectUnauthorized: true,
    verifyIdentity: true,
    minVersion: 'TLSv1.2',
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key: key.reveal() }),
  }
  return isIP(host) === 0 ? { ssl } : { ssl, stream: () => namedSocket(host, port) }
}

/**
 * A socket whose peer's certificate is verified against its IP address. The driver names Node no host for one, and Node
 * then asks the socket, which knows only one that was looked up by name, and else takes `localhost`.
 */
function namedSocket(host: string, port: number): Socket {
  const socket = connect({ host, port, noDelay: true, keepAlive: true })
  return Object.assign(socket, { _host: host })
}
