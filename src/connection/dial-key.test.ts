import { expect, test } from 'vitest'
import { Secret } from '../config/secret.ts'
import { breakerFor } from './breaker.ts'
import type { Address } from './connection.ts'
import { dialKey } from './dial-key.ts'
import { noteStarted } from './started-servers.ts'

const base: Address = { host: 'a', port: 1, user: 'root', password: new Secret('pw'), connectTimeoutMs: 100 }
const tls = (key?: string) => ({ ca: 'ca', ...(key !== undefined && { key: new Secret(key) }) })

test('all that makes a dial another makes its key another', () => {
  const others: Address[] = [
    base,
    { ...base, host: 'b' },
    { ...base, port: 2 },
    { ...base, user: 'reader' },
    { ...base, password: new Secret('other') },
    { ...base, connectTimeoutMs: 200 },
    { ...base, tlsMaterial: {} },
    { ...base, tlsMaterial: tls() },
    { ...base, tlsMaterial: tls('key') },
    { ...base, tlsMaterial: tls('other key') },
  ]
  const keys = others.map((address) => dialKey(address))
  expect(new Set(keys).size).toBe(others.length)
  expect(keys.join(' ')).not.toMatch(/pw|other key/)
})

test('the same settings read twice are the same dial', () => {
  const again = () => ({ ...base, password: new Secret('pw'), tlsMaterial: tls('key') })
  expect(dialKey(again())).toBe(dialKey(again()))
})

test('dials that fail in clear do not stop those over TLS, nor short ones the patient', () => {
  expect(breakerFor({ ...base, user: 'reader' })).toBe(breakerFor(base))
  expect(breakerFor({ ...base, tlsMaterial: {} })).not.toBe(breakerFor(base))
  expect(breakerFor({ ...base, connectTimeoutMs: 1 })).not.toBe(breakerFor(base))
})

test('what dials found of a server is not held against the next one at its place', () => {
  const [before, elsewhere] = [breakerFor(base), breakerFor({ ...base, port: 2 })]
  noteStarted('a:1', () => 'started again')
  expect(breakerFor(base)).not.toBe(before)
  expect(breakerFor({ ...base, port: 2 })).toBe(elsewhere)
})
