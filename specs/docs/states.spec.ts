// own-state {
import { createTest, defineState, expect, test as base, workflow } from 'vitest-tidb'

const countingCollations = defineState({
  name: 'CountingCollations',
  after: 'GettingVersion',
  needs: ['Connecting'],
  within: '5s',
  async run({ connection }) {
    const rows = await connection.query('show collation')
    return { collations: rows.length }
  },
  finding: ({ collations }) => `${collations} collations`,
})

const test = createTest(workflow.with(countingCollations))

test('the state is a step, and its result is typed', async ({ tidb }) => {
  const { collations } = await tidb.countingCollations()
  expect(collations).toBeGreaterThan(0)
  await expect(tidb).toReach('Completed')
})
// }

// local {
const pinging = defineState({
  name: 'Pinging',
  local: () => ({ times: [] as number[] }),
  async run({ connection, local, progress, signal, found }) {
    const { connectionId } = found<{ connectionId: number }>('Connecting')
    for (let ping = 1; ping <= 3; ping += 1) {
      const started = performance.now()
      await connection.query('select 1', [], { signal })
      local.times.push(performance.now() - started)
      progress(`ping ${ping} over connection ${connectionId}`)
    }
    return { slowest: Math.max(...local.times) }
  },
  next: ({ slowest }) => (slowest > 60_000 ? 'Completed' : undefined),
})
// }

createTest(workflow.with(pinging))('a handler keeps what it needs', async ({ tidb }) => {
  expect((await tidb.pinging()).slowest).toBeGreaterThan(0)
})

// replace {
const patient = workflow.replace('TestingConnection', {
  needs: ['Connecting'],
  within: '1m',
  async run({ connection }) {
    const [row] = await connection.query<{ two: number }>('select 1 + 1 as two')
    return { two: row?.two }
  },
})

createTest(patient)('the step keeps its name and has the new result', async ({ tidb }) => {
  expect(await tidb.testingConnection()).toEqual({ two: 2 })
})
// }

// shorten {
const withoutImports = workflow.without('CheckingImportJobs', 'ShowingImportJobDetails')
const untilVersion = workflow.upTo('GettingVersion')

base('a workflow can be cut down', () => {
  expect(withoutImports.names).toEqual([...untilVersion.names])
  expect(untilVersion.names.slice(-2)).toEqual(['GettingVersion', 'Completed'])
})
// }
