import { expect, test } from 'vitest-tidb'
import { lyingServer } from '../../fixtures/lying-server.ts'

test('a value goes to the server and comes back', async ({ tidb }) => {
  const { connectionId, roundTripMs } = await tidb.testingConnection()
  expect(connectionId).toBe(tidb.connectionId)
  expect(roundTripMs).toBeGreaterThan(0)
  expect(tidb.history.map(({ state }) => state)).toEqual([
    'Initial',
    'ParsingConfig',
    'Connecting',
    'TestingConnection',
  ])
})

test('a step that was passed is not entered again', async ({ tidb }) => {
  const first = await tidb.testingConnection()
  expect(await tidb.testingConnection()).toBe(first)
  expect(tidb.history).toHaveLength(4)
})

test('something between that answers for the server is found out', async ({ tidbPool, connectionOptions }) => {
  await using between = await lyingServer(connectionOptions, (packet) => {
    // Each question carries another value; what came back first is played back for all that follow.
    const token = /\d+-\d+/.exec(packet.toString('latin1'))
    return token === null
      ? packet
      : Buffer.from(packet.toString('latin1').replace(token[0], token[0].replace(/\d$/, 'x')), 'latin1')
  })
  const session = tidbPool.session('deceived', { host: '127.0.0.1', port: between.port })
  await expect(session).toFailIn('TestingConnection', { message: 'was sent' })
  await expect(session.query('select 1')).rejects.toThrow('TestingConnection failed')
})
