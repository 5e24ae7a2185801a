import { expect, test } from 'vitest'
import { loadConfig, NONE } from '../config/config.ts'
import { useHost } from './host.ts'

test('a configured host is taken as it is, and is not ours', async () => {
  const options = { host: 'db.example', port: 4001, statusPort: 10_081, user: 'reader', password: 'hunter2' }
  const server = useHost(loadConfig({ options, env: NONE, envFile: false }).config)
  const { host, port, statusPort, user, ours } = server
  expect({ host, port, statusPort, user, ours }).toEqual({
    host: 'db.example',
    port: 4001,
    statusPort: 10_081,
    user: 'reader',
    ours: false,
  })
  await server.stop()
})

test('without a host there is none to take', () => {
  expect(() => useHost(loadConfig({ env: NONE, envFile: false }).config)).toThrow('no host is configured')
})
