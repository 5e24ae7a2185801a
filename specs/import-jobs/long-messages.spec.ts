import { expect, parseJobScript } from 'vitest-tidb'
import { ownServerTest as test } from '../../fixtures/import-test.ts'

test('of a message of 54 kB a failure shows the beginning, and the report has all of it', async ({ ownJobs }) => {
  const message = 'a row that does not fit, '.repeat(2_160)
  const play = await ownJobs.play(
    parseJobScript(JSON.stringify({ jobs: [{ name: 'orders', steps: ['start', { fail: message }] }] }), 'long.json'),
  )
  const job = play.watch('orders')
  const failure = await expect(job)
    .toFinish()
    .catch((error: Error) => error)
  expect(failure?.message).toMatch(
    /a row that does not fit.*… and 52,000 more characters, see the report of import jobs\n/,
  )
  expect(failure?.message.length).toBeLessThan(4_000)
  const list = await ownJobs.list()
  expect(() => expect(list).toHaveNoFailedImports()).toThrow(
    /… and 52,000 more characters, see the report of import jobs$/,
  )
  // What is asked of the message is asked of all of it.
  await expect(job).toFailImport(/does not fit, $/)
  const record = job.record({ run: 'r', serverVersion: 'v' })
  expect(record.message).toBe(message)
  expect(record.faults[0]?.length).toBeLessThan(4_000)
})
