import { expect, test, vi } from 'vitest'
import type { ImportProgress } from '../import-jobs/import-record.ts'
import { LiveDisplay } from './live-display.ts'
import { plain } from './paint.ts'

const ROOM = { rows: 30, columns: 100, taken: 8 }

function job(jobId: string, rest: Partial<ImportProgress> = {}): ImportProgress {
  const unknown = { rows: undefined, percent: undefined, rowsPerSecond: undefined, etaMs: undefined }
  const what = { jobId, name: `job ${jobId}`, table: '`t`', status: 'running', phase: 'importing' }
  return { ...unknown, ...what, idleMs: 0, over: false, ...rest }
}

const finished = (jobId: string) => job(jobId, { status: 'finished', phase: '', rows: 10, over: true })

function open() {
  const printed: string[] = []
  const refresh = vi.fn<() => void>()
  const display = new LiveDisplay({ print: (line) => printed.push(line), refresh, paint: plain })
  return { display, printed, refresh }
}

test('nothing is drawn before the first job and after the last', () => {
  const { display, printed, refresh } = open()
  expect(display.lines(ROOM)).toEqual([])
  display.onProgress(job('1'), 1, 0)
  expect(refresh).toHaveBeenCalledTimes(1)
  expect(display.lines(ROOM)).toEqual(['', 'Import jobs 1 running (1)', ' ❯ job 1  t  importing'])
  display.onProgress(job('2'), 1, 10)
  display.onProgress(finished('1'), 1, 20)
  expect(display.lines(ROOM).slice(1)).toEqual(['Import jobs 1 running | 1 finished (2)', ' ❯ job 2  t  importing'])
  display.onProgress(job('2', { status: 'failed', percent: 47, over: true, note: 'checksum mismatched' }), 1, 30)
  expect(display.lines(ROOM)).toEqual([])
  expect(printed).toEqual([
    ' ✓ import job 1 job 1 (t): finished, 10 rows',
    ' ✗ import job 2 job 2 (t): failed at importing 47%: checksum mismatched',
  ])
})

test('two workers may each watch a job with the same number; the jobs of one that is gone are no longer drawn', () => {
  const { display, printed } = open()
  display.onProgress(job('1'), 1, 0)
  display.onProgress(job('1', { phase: 'validating' }), 2, 0)
  expect(display.lines(ROOM).slice(2)).toEqual([' ❯ job 1  t  importing', ' ❯ job 1  t  validating'])
  display.onGone(1)
  expect(display.lines(ROOM).slice(2)).toEqual([' ❯ job 1  t  validating'])
  expect(printed).toEqual([])
})

test("a third of the terminal at most, and vitest's own lines stay in it", () => {
  const { display } = open()
  for (let at = 0; at < 50; at += 1) display.onProgress(job(`${at}`), 1, 0)
  expect(display.lines(ROOM)).toHaveLength(2 + 10)
  expect(display.lines({ ...ROOM, rows: 20, taken: 12 })).toHaveLength(2 + 5)
  expect(display.lines({ ...ROOM, rows: 10, taken: 12 })).toHaveLength(2 + 1)
})

test('ten thousand jobs end in a hundred lines and a count', () => {
  const { display, printed } = open()
  for (let at = 0; at < 10_000; at += 1) display.onProgress(job(`${at}`), 1, 0)
  expect(display.lines(ROOM)[1]).toBe('Import jobs 10,000 running (10,000)')
  for (let at = 0; at < 10_000; at += 1) display.onProgress(finished(`${at}`), 1, 1)
  display.end()
  expect(printed).toHaveLength(101)
  expect(printed.at(-1)).toBe(' import jobs: 9,900 more: 9,900 finished')
})

test('what a server sends does not reach the terminal as control characters', () => {
  const { display, printed } = open()
  const evil = {
    name: 'a\x1b[2Jb\x9b1mc\rd',
    table: '\x1b]0;x\x07t',
    phase: 'x\ny',
    note: '\x07<b>',
    status: 'running',
  }
  display.onProgress(job('1\x1b[H', evil), 1, 0)
  const [, ...lines] = display.lines(ROOM)
  display.onProgress(job('1\x1b[H', { ...evil, over: true, status: '\x1b[2Kodd' }), 1, 0)
  expect(printed).toHaveLength(1)
  expect([...lines, ...printed].join('')).not.toMatch(/\p{Cc}/u)
  expect(lines.join('\n')).toContain('abc d')
})
