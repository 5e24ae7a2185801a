import { TiDBError, type ServerAnswer } from '../errors.ts'
import { OPEN_FILES } from '../file-fault.ts'

/**
 * What an error means for whoever would try again.
 * - `transient`: the same thing may succeed a moment later.
 * - `lost`: the connection is gone. A dial may be tried again; a statement may not, as its outcome is unknown.
 * - `permanent`: trying again changes nothing.
 */
export type Permanence = 'transient' | 'lost' | 'permanent'

/**
 * Errors of the server that pass by themselves, by number.
 * Sources: https://docs.pingcap.com/tidb/stable/error-codes/ and the MySQL error reference.
 */
const transientErrno = new Map<number, string>([
  [1040, 'too many connections'],
  [1205, 'lock wait timeout'],
  [1213, 'deadlock'],
  [8002, 'SELECT FOR UPDATE write conflict'],
  [8022, 'commit failed and the transaction was rolled back'],
  [8028, 'schema changed during the transaction'],
  [9001, 'PD request timed out'],
  [9002, 'TiKV request timed out'],
  [9003, 'TiKV is busy'],
  [9004, 'lock resolution timed out'],
  [9005, 'region unavailable'],
  [9007, 'write conflict'],
  [9008, 'TiKV stores are down'],
])

const lostCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
])

/** TiDB and MySQL close a connection with these: 1053 shutting down, 1317 with KILL CONNECTION, 8052 and so on. */
const lostErrno = new Set([1053, 2006, 2013])

export function permanence({ errno, code }: Pick<ServerAnswer, 'errno' | 'code'>): Permanence {
  if (errno !== undefined && transientErrno.has(errno)) return 'transient'
  if (errno !== undefined && lostErrno.has(errno)) return 'lost'
  if (code !== undefined && lostCodes.has(code)) return 'lost'
  return 'permanent'
}

/** Whether the connection was lost: a server that is gone says nothing more of what was asked. */
export function isLost(error: unknown): boolean {
  return error instanceof TiDBError && error.answer !== undefined && permanence(error.answer) === 'lost'
}

/** Whether the server itself says that it does not know what became of a COMMIT: 8501, result undetermined. */
export function isUndetermined({ errno }: Pick<ServerAnswer, 'errno'>): boolean {
  return errno === 8501
}

/** Symbols of TiDB's own errors, which the driver does not know. */
const tidbSymbols = new Map<number, string>([
  [8002, 'ER_FOR_UPDATE_CANT_RETRY'],
  [8005, 'ER_WRITE_CONFLICT_IN_TIDB'],
  [8022, 'ER_TXN_RETRYABLE'],
  [8028, 'ER_INFO_SCHEMA_CHANGED'],
  [8157, 'ER_LOAD_DATA_UNSUPPORTED_FORMAT'],
  [8159, 'ER_LOAD_DATA_CANT_ACCESS'],
  [8160, 'ER_LOAD_DATA_CANT_READ'],
  [8163, 'ER_UNKNOWN_OPTION'],
  [8164, 'ER_INVALID_OPTION_VAL'],
  [8170, 'ER_LOAD_DATA_JOB_NOT_FOUND'],
  [8173, 'ER_LOAD_DATA_PRECHECK_FAILED'],
  [8501, 'ER_RESULT_UNDETERMINED'],
  [9001, 'ER_PD_SERVER_TIMEOUT'],
  [9002, 'ER_TIKV_SERVER_TIMEOUT'],
  [9003, 'ER_TIKV_SERVER_BUSY'],
  [9004, 'ER_RESOLVE_LOCK_TIMEOUT'],
  [9005, 'ER_REGION_UNAVAILABLE'],
  [9007, 'ER_WRITE_CONFLICT'],
  [9008, 'ER_TIKV_STORE_LIMIT'],
])

/** Node's code for a certificate that is for another host; the driver has one code for all that goes wrong with TLS. */
const WRONG_NAME = 'ERR_TLS_CERT_ALTNAME_INVALID'

interface DriverError extends Error {
  /** Of a certificate that is for another host: why. */
  readonly reason?: string

  readonly code?: string
  readonly errno?: number
  readonly sqlState?: string
  readonly sqlMessage?: string
}

/** What the driver's error says of the server's answer. Socket errors have no number: libuv's is left out. */
export function answerOf(error: unknown): ServerAnswer {
  // A socket that tried several addresses fails with one error that holds the others.
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error
  const { code: driver, errno, sqlState, sqlMessage, message, reason } = first as DriverError
  const given = driver === 'HANDSHAKE_SSL_ERROR' && reason !== undefined ? WRONG_NAME : driver
  const number = errno !== undefined && errno > 0 ? errno : undefined
  const code = given ?? (number === undefined ? undefined : tidbSymbols.get(number))
  return {
    ...(code !== undefined && { code }),
    ...(number !== undefined && { errno: number }),
    ...(sqlState !== undefined && { sqlState }),
    message: sqlMessage ?? message,
  }
}

/**
 * The answer of a connection that was open, with one code for one event: which of these a connection that the other side
 * closed shows as is a matter of moments.
 */
export function onceOpen(answer: ServerAnswer): ServerAnswer {
  const { code, message } = answer
  if (code !== 'EPIPE' && code !== 'ECONNRESET') return answer
  return {
    ...answer,
    code: 'PROTOCOL_CONNECTION_LOST',
    message: message.includes(code) ? message : `${message} (${code})`,
  }
}

const hintsByErrno = new Map<number, string>([
  [1040, 'raise max_connections on the server, or lower TIDB_CONCURRENCY'],
  [1044, 'grant the user privileges on that database, or set TIDB_DATABASE to one that the user may use'],
  [1045, 'check TIDB_USER and TIDB_PASSWORD (or TIDB_PASSWORD_FILE)'],
  [1049, 'create the database, or set TIDB_DATABASE to one that exists'],
  [1130, 'the user may not connect from this machine: check the host part of its account'],
  [1210, 'LIMIT and OFFSET take whole numbers that are not negative: give a number, not text or null'],
  [1227, 'grant the user the privilege that the server names'],
])

const hintsByCode = new Map<string, string>([
  [
    'ECONNREFUSED',
    'check that a TiDB listens there (TIDB_HOST, TIDB_PORT); under vitest, one is started if TIDB_HOST is unset',
  ],
  ['EMFILE', OPEN_FILES],
  ['ENFILE', OPEN_FILES],
  ['ENOTFOUND', 'check the spelling of TIDB_HOST: the name did not resolve'],
  ['EAI_AGAIN', 'check the spelling of TIDB_HOST and the name server: the name did not resolve'],
  ['ETIMEDOUT', 'check the address and any firewall between; TIDB_CONNECT_TIMEOUT_MS is the deadline of one dial'],
  ['EHOSTUNREACH', 'check the address and the route to it'],
  ['ECONNRESET', 'the other side closed the connection: see the log of the server'],
  ['EPIPE', 'the other side closed the connection: see the log of the server'],
  ['PROTOCOL_CONNECTION_LOST', 'the server went away or the connection was killed: see the log of the server'],
  [
    'HANDSHAKE_NO_SSL_SUPPORT',
    'the server offers no TLS: give it a certificate (ssl-cert, ssl-key, auto-tls), or unset TIDB_TLS',
  ],
  [
    WRONG_NAME,
    'set TIDB_HOST to a name that the certificate is for, or give the server one for this host (its subjectAltName)',
  ],
  ['HANDSHAKE_SSL_ERROR', 'set TIDB_TLS_CA to the PEM file of the authority that signed the certificate of the server'],
])

/**
 * What to try next, by the server's answer.
 *
 * @param encrypted whether the connection was; undefined if that is not known.
 */
export function hintsFor({ errno, code, message }: ServerAnswer, encrypted?: boolean): string[] {
  // The cloud's own gateway has no number for it.
  if (errno === 3159 || (errno === 1105 && /insecure transport/i.test(message))) return [TURN_TLS_ON]
  const hint = (errno !== undefined && hintsByErrno.get(errno)) || (code !== undefined && hintsByCode.get(code))
  // An account that needs TLS is refused like one with another password.
  if (errno === 1045 && encrypted !== true) return [`${hint}; if the account needs TLS, ${TURN_TLS_ON}`]
  return hint ? [hint] : []
}

const TURN_TLS_ON = 'set TIDB_TLS to true; TIDB_TLS_CA names the authority, if Node does not know it'
