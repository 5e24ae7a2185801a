import { breakerFor } from '../../connection/breaker.ts'
import { TiDBConnection, type Address, type DialOptions } from '../../connection/connection.ts'
import { answerOf } from '../../connection/error-codes.ts'
import { HandlerContext } from '../context.ts'
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

// https://docs.pingcap.com/tidb/stable/error-codes/ : ER_DBACCESS_DENIED_ERROR and ER_BAD_DB_ERROR
const REFUSED_DATABASE = [1044, 1049]

// Its statements are the user's, and those of states, which have deadlines of their own.
const FOR_USERS = { answerWithinMs: Number.POSITIVE_INFINITY, keepsDefaults: true }

// TiDB 8.5 does not quote the name that comes with a dial.
const PLAIN_NAME = /^[\w$]+$/

/** Asks for the database with the dial; whether it is there, and may be used, is for VerifyingDatabase to say. */
async function dial(
  address: Address,
  optionsFor: (database: string | undefined) => DialOptions,
  database: string | undefined,
): Promise<TiDBConnection> {
  if (database === undefined || !PLAIN_NAME.test(database)) return TiDBConnection.open(address, optionsFor(undefined))
  try {
    return await TiDBConnection.open(address, optionsFor(database))
  } catch (error) {
    const { errno } = answerOf(error)
    if (errno === undefined || !REFUSED_DATABASE.includes(errno)) throw error
    return TiDBConnection.open(address, optionsFor(undefined))
  }
}

/** Connecting: a dial, the server's greeting, TLS when it is demanded, and the credentials. */
export const connecting = defineState({
  name: 'Connecting',
  needs: ['ParsingConfig'],
  retry: 'dial',
  finding: ({ connectionId, tls }: ConnectingResult) => `connection ${connectionId}${tls ? ', encrypted' : ''}`,
  async run(context): Promise<ConnectingResult> {
    const { name, config } = context
    const control = HandlerContext.controlOf(context)
    const { host = '', port, user } = config
    const address = { ...config, host }
    const breaker = breakerFor(address)
    // A connection that is to serve other tests keeps no database: a reset goes back to that of its dial.
    const database = control.reusesConnections ? undefined : config.database
    // The signal is made if it is asked for, which is not before the dial is on its way.
    const optionsFor = (asked: string | undefined) => ({
      ...FOR_USERS,
      name,
      database: asked,
      get signal() {
        return context.signal
      },
    })
    const connection =
      control.takeConnection(address) ?? (await breaker.dial(() => dial(address, optionsFor, database)))
    control.setConnection(connection)
    return { host, port, user, connectionId: connection.id, tls: connection.encrypted }
  },
})
