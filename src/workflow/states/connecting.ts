import { breakerFor } from '../../connection/breaker.ts'
import { TiDBConnection } from '../../connection/connection.ts'
import { defineState } from '../define-state.ts'

export interface ConnectingResult {
  readonly host: string
  readonly port: number
  readonly user: string
  /** The server's number for this connection. */
  readonly connectionId: number
  /** Whether the connection is encrypted. */
  readonly tls: boolean
}

/** Connecting: a dial, the server's greeting, TLS where it is demanded, and the credentials. No database is chosen yet. */
export const connecting = defineState({
  name: 'Connecting',
  needs: ['ParsingConfig'],
  retry: 'dial',
  finding: ({ connectionId, tls }: ConnectingResult) => `connection ${connectionId}${tls ? ', encrypted' : ''}`,
  async run(context): Promise<ConnectingResult> {
    const { name, config, signal } = context
    const { host = '', port, user, tls } = config
    const address = { ...config, host }
    const breaker = breakerFor(`${host}:${port}`)
    const connection =
      context.takeConnection(address) ?? (await breaker.dial(() => TiDBConnection.open(address, { signal, name })))
    context.setConnection(connection)
    return { host, port, user, connectionId: connection.id, tls }
  },
})
