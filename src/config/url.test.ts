import { expect, test } from 'vitest'
import { loadConfig } from './config.ts'
import { parseUrl } from './url.ts'

// Each holds a password whose parts are hunter2 and 12.
test.for([
  'mysql://root:hunter2?x@db.example/shop',
  'mysql://root:12?hunter2@db.example/shop',
  'mysql://root:12?hunter2=1@db.example/shop',
  'mysql://root:12#hunter2@db.example/shop',
  'mysql://root:12/hunter2@db.example/shop',
  'mysql://root:12/hunter2?x#y@db.example/shop',
  'mysql://root:hunter2%@db.example/shop',
  'mysql://root:hunter2@db.example/shop?hunter2',
  'mysql://root:hunter2@db.example/shop#hunter2',
  'root:hunter2@db.example',
  'hunter2:root@db.example',
  'hunter2',
  'http://root:hunter2@db.example',
])('%s is refused, and no part of it is shown', (url) => {
  const load = () => loadConfig({ env: { TIDB_URL: url }, envFile: false })
  expect(load).toThrow('its value is not shown')
  for (const part of ['hunter2', '12']) expect(load).not.toThrow(part)
})

test('a password with encoded characters is taken whole', () => {
  const { host, port, password, database } = parseUrl(
    'mysql://root:a%3Fb%23c%2Fd%40e%25@db.example:4001/shop',
    'option',
  )
  expect({ host, port, password, database }).toEqual({
    host: 'db.example',
    port: 4001,
    password: 'a?b#c/d@e%',
    database: 'shop',
  })
})

test('a parameter of TLS that is none of ours is named', () => {
  expect(() => parseUrl('mysql://db.example/shop?sslmode=off', 'option')).toThrow('the parameter "sslmode"')
})
