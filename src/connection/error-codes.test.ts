import { describe, expect, test } from 'vitest'
import { answerOf, hintsFor, onceOpen, permanence } from './error-codes.ts'

test.for([1040, 1205, 1213, 8002, 8022, 8028, 9001, 9002, 9003, 9004, 9005, 9007, 9008])(
  '%i passes by itself',
  (errno) => {
    expect(permanence({ errno })).toBe('transient')
  },
)

test.for([1044, 1045, 1049, 1064, 1146, 8170])('%i stays', (errno) => {
  expect(permanence({ errno })).toBe('permanent')
})

test.for(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN', 'PROTOCOL_CONNECTION_LOST'])(
  '%s is a lost connection',
  (code) => {
    expect(permanence({ code })).toBe('lost')
  },
)

test('a name that does not exist stays', () => {
  expect(permanence({ code: 'ENOTFOUND' })).toBe('permanent')
})

test("libuv's negative numbers are not the server's", () => {
  const error = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', errno: -104 })
  expect(answerOf(error)).toEqual({ code: 'ECONNRESET', message: 'read ECONNRESET' })
})

test.for([
  [{ code: 'ECONNRESET', message: 'read ECONNRESET' }, 'read ECONNRESET'],
  [{ code: 'EPIPE', message: 'This socket has been ended by the other party' }, 'ended by the other party (EPIPE)'],
] as const)('an open connection is lost in one way: %o', ([answer, said]) => {
  expect(onceOpen(answer)).toEqual({
    code: 'PROTOCOL_CONNECTION_LOST',
    message: expect.stringContaining(said) as string,
  })
  const refused = { code: 'ER_PARSE_ERROR', errno: 1064, message: 'near x' }
  expect(onceOpen(refused)).toBe(refused)
})

test('of a dial to several addresses, the first failure is told', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED ::1:4000'), { code: 'ECONNREFUSED' })
  expect(answerOf(new AggregateError([refused])).code).toBe('ECONNREFUSED')
})

test("TiDB's own numbers get their symbols", () => {
  expect(answerOf(Object.assign(new Error('x'), { errno: 9007 })).code).toBe('ER_WRITE_CONFLICT')
})

test('the usual errors come with something to try', () => {
  for (const answer of [{ errno: 1045 }, { errno: 1049 }, { code: 'ECONNREFUSED' }, { code: 'HANDSHAKE_SSL_ERROR' }]) {
    expect(hintsFor({ ...answer, message: '' })).toHaveLength(1)
  }
})

describe('TLS that an account or a server needs', () => {
  test.for([
    [{ errno: 3159 }, undefined],
    [{ errno: 1105, message: 'Connections using insecure transport are prohibited. See the docs' }, undefined],
    [{ errno: 1045 }, false],
    [{ errno: 1045 }, undefined],
  ] as const)('%o has the hint to turn it on', ([answer, encrypted]) => {
    expect(hintsFor({ message: '', ...answer }, encrypted).join()).toContain('set TIDB_TLS to true')
  })

  test.for([
    [{ errno: 1045 }, true],
    [{ errno: 1105, message: 'pd is away' }, false],
  ] as const)('%o has none', ([answer, encrypted]) => {
    expect(hintsFor({ message: '', ...answer }, encrypted).join()).not.toContain('TIDB_TLS')
  })
})

test('a certificate for another host has a code and a hint of its own', () => {
  const error = Object.assign(new Error('x'), { code: 'HANDSHAKE_SSL_ERROR', reason: 'IP: ::1 is not in the list' })
  const answer = answerOf(error)
  expect(answer.code).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
  expect(hintsFor(answer).join()).toContain('a name that the certificate is for')
})
