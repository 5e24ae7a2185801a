import { answerOf } from '../../connection/error-codes.ts'
import { driverError } from '../../connection/retry.ts'
import { hintsAt } from '../../connection/started-servers.ts'
import { firstLine, StateError, TiDBError } from '../../errors.ts'
import type { StateTransition } from '../../transition.ts'

/** Error: where a workflow ends that did not complete. What a handler threw becomes the session's one StateError. */
export function toStateError(
  state: string,
  error: unknown,
  host: string | undefined,
  history: readonly StateTransition[],
  encrypted?: boolean,
): StateError {
  if (error instanceof TiDBError && error.code !== 'TIDB_STATEMENT_FAILED') {
    const { answer, hints, cause } = error
    return new StateError(state, firstLine(error), {
      host: host ?? error.host,
      answer,
      hints,
      history,
      cause: cause ?? error,
    })
  }
  const answer = error instanceof TiDBError ? error.answer : answerOf(error)
  const fromServer = answer !== undefined && (answer.code !== undefined || answer.errno !== undefined)
  return new StateError(state, fromServer ? describe(answer.code) : firstLine(error), {
    host,
    history,
    ...(fromServer && { answer, hints: error instanceof TiDBError ? error.hints : hintsAt(host, answer, encrypted) }),
    cause: driverError(error),
  })
}

const WORDS = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'connection reset'],
  ['EMFILE', 'this process can open no more sockets'],
  ['ENFILE', 'this machine can open no more sockets'],
  ['ENOTFOUND', 'the name did not resolve'],
  ['EAI_AGAIN', 'the name did not resolve'],
  ['ETIMEDOUT', 'no answer'],
  ['PROTOCOL_CONNECTION_LOST', 'connection lost'],
  ['HANDSHAKE_NO_SSL_SUPPORT', 'TLS is required, but the server does not offer it'],
  ['HANDSHAKE_SSL_ERROR', 'the TLS handshake failed'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'the certificate is for another host'],
  ['ER_SECURE_TRANSPORT_REQUIRED', 'the server accepts only TLS'],
  ['ER_ACCESS_DENIED_ERROR', 'the server refused these credentials'],
])

function describe(code: string | undefined): string {
  return (code !== undefined && WORDS.get(code)) || 'the server refused'
}
