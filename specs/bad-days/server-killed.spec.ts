import { createTest, defineState, expect, workflow, type OwnServer } from 'vitest-tidb'
import { addImportJob } from '../../fixtures/import-jobs.ts'

// The server of each test, for the state that kills it.
const servers = new Map<string, OwnServer>()

/** A workflow in which the server is killed right after a state: the state after it meets a dead server. */
function killedAfter(state: string) {
  return createTest(
    workflow.with(
      defineState({
        name: 'KillingTheServer',
        after: state,
        async run({ name }) {
          await servers.get(name)?.stop()
        },
      }),
    ),
  )
}

for (const [before, dies] of [
  ['ParsingConfig', 'Connecting'],
  ['Connecting', 'TestingConnection'],
  ['TestingConnection', 'VerifyingDatabase'],
  ['VerifyingDatabase', 'GettingVersion'],
  ['GettingVersion', 'CheckingImportJobs'],
  ['CheckingImportJobs', 'ShowingImportJobDetails'],
] as const) {
  killedAfter(before)(`a server killed before ${dies} is told by that state`, async ({ startTiDB, tidbPool }) => {
    const server = await startTiDB()
    // An active job, so that ShowingImportJobDetails has something to ask.
    await addImportJob(tidbPool.session('admin', server.settings), { database: 'test', table: 't', status: 'pending' })
    const name = `victim-${dies}`
    servers.set(name, server)
    const session = tidbPool.session(name, { ...server.settings, database: 'test', retries: 1 })
    await expect(session).toFailIn(dies, { message: `${server.host}:${server.port}` })
    expect(session.error?.answer?.code).toMatch(/^(ECONNREFUSED|ECONNRESET|EPIPE|PROTOCOL_CONNECTION_LOST)$/)
    expect(session.error?.hints).not.toEqual([])
    expect(session.state).toBe('Error')
  })
}

const sleeping = createTest(
  workflow.with(
    defineState({
      name: 'Sleeping',
      after: 'VerifyingDatabase',
      run: ({ connection }) => connection.query('select sleep(60)'),
    }),
  ),
)

sleeping('a server killed in the middle of a statement is told at once', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const session = tidbPool.session('sleeper', server.settings)
  await session.verifyingDatabase()
  const failure = expect(session).toFailIn('Sleeping')
  await expect.poll(() => session.connection?.running).toBe(1)
  await server.stop()
  await failure
  expect(session.error?.answer?.code).toBe('PROTOCOL_CONNECTION_LOST')
})

sleeping('a connection that is killed fails the state it is in', async ({ tidb, tidbPool }) => {
  await tidb.verifyingDatabase()
  const failure = expect(tidb).toFailIn('Sleeping', { code: 'PROTOCOL_CONNECTION_LOST' })
  await expect.poll(() => tidb.connection?.running).toBe(1)
  await tidbPool.session('killer').query(`kill tidb ${tidb.connectionId}`)
  await failure
  // A statement's outcome is unknown once its connection is lost: it is never sent again.
  expect(tidb.history.at(-1)?.attempts).toBe(1)
})
