import { expect, test } from 'vitest'
import { connectionUri } from './fixtures/connection-options.ts'
import { hostPort } from './host-port.ts'

test.for([
  ['127.0.0.1', '127.0.0.1:4000'],
  ['db.example', 'db.example:4000'],
  ['::1', '[::1]:4000'],
  ['fe80::1%eth0', '[fe80::1%eth0]:4000'],
] as const)('%s', ([host, shown]) => {
  expect(hostPort(host, 4_000)).toBe(shown)
})

test('a URL has it too', () => {
  const options = { host: '::1', port: 4_000, user: 'me', password: '' }
  expect(connectionUri(options)).toBe('mysql://me@[::1]:4000/')
})
