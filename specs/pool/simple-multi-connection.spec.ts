import { defineConnection, expect, test } from 'vitest-tidb'

// The first example of many connections: three go through the whole workflow, and the results are gathered.

test('three connections go through the whole workflow', async ({ tidbPool, tidbServer }) => {
  const outcome = await tidbPool.run(3, async (session) => {
    await session.completed()
    const { version } = await session.gettingVersion()
    const { active } = await session.checkingImportJobs()
    return { version, active, id: session.connectionId }
  })

  expect(outcome).toAllComplete()
  expect(outcome.values.map(({ version }) => version.release)).toEqual(Array(3).fill(tidbServer.release))
  expect(new Set(outcome.values.map(({ id }) => id)).size).toBe(3)
  for (const { history } of outcome.results) expect(history.at(-1)?.state).toBe('Completed')
})

test('without work of their own, connections return what each state found', async ({ tidbPool }) => {
  const outcome = await tidbPool.run({
    one: defineConnection({}),
    two: defineConnection({}),
    three: defineConnection({}),
  })

  expect(outcome.status).toBe('completed')
  expect(outcome.value('one').GettingVersion.version).toBeAtLeast('8.5.0')
  expect(outcome.value('two').Connecting.connectionId).not.toBe(outcome.value('three').Connecting.connectionId)
})
