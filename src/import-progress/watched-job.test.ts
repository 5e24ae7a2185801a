import { expect, test } from 'vitest'
import { markOf, troubleOf } from './watched-job.ts'

const job = { jobId: '1', name: 'orders', table: '', phase: '', rows: 5, idleMs: 125_000, over: false }

test.for([
  ['running', 'no progress for 2 min 5 s', '·'],
  ['awaiting-resolution', 'no progress for 2 min 5 s', '·'],
  ['pending', '', '·'],
  ['failed', '', '✗'],
] as const)('%s: what has begun and does not move is in trouble', ([status, trouble, mark]) => {
  expect(troubleOf({ ...job, status } as unknown as Parameters<typeof troubleOf>[0])).toBe(trouble)
  expect(markOf(status)).toBe(mark)
})
