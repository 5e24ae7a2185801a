import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runnable } from '../../fixtures/runnable.ts'
import { importSummary, nights } from '../../specs/import-history/import-summaries.ts'
import { HistoryError } from '../errors.ts'
import { FolderHistory } from './folder-history.ts'
import { fromLine, toLine } from './record-line.ts'

const NAME = '`shop`.`orders`'

let top: string
let folder: string
let history: FolderHistory
/** The file of NAME; its folder is made by {@link write} or the first append. */
let path: string
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'vitest-tidb-history-'))
  folder = join(top, 'kept', 'history')
  history = new FolderHistory(folder)
  path = history.pathOf(NAME)
})
afterEach(() => rmSync(top, { recursive: true, force: true }))

/** Makes the file anew. */
function write(content: string | Buffer): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(path, content)
}

describe('what is appended', () => {
  test('is read again, oldest first', async () => {
    const summaries = nights([1, 2, 3, 4, 5])
    for (const summary of summaries) await history.append(summary)
    expect(await history.last(NAME, 3)).toEqual({ summaries: summaries.slice(2), warnings: [] })
    expect((await history.last(NAME, 100)).summaries).toEqual(summaries)
    expect(await history.last(NAME, 0)).toEqual({ summaries: [], warnings: [] })
  })

  test('is one line of JSON in a file of its name', async () => {
    for (const name of [NAME, 'a/b', '💥', 'x'.repeat(300)]) await history.append(importSummary(0, { name }))
    expect(readdirSync(folder)).toHaveLength(4)
    expect(readFileSync(history.pathOf(NAME), 'utf8')).toBe(`${toLine(importSummary(0))}\n`)
    for (const name of ['a/b', '💥', 'x'.repeat(300)]) {
      expect((await history.last(name, 5)).summaries).toEqual([importSummary(0, { name })])
    }
  })

  test('counts under the name that is in the line', async () => {
    write(`${toLine(importSummary(0, { name: 'another' }))}\n${toLine(importSummary(1))}\n`)
    expect((await history.last(NAME, 5)).summaries).toEqual([importSummary(1)])
  })

  test('can be asked for by what it came to, and without one job', async () => {
    await history.append(importSummary(0))
    await history.append(importSummary(1, { outcome: 'failed' }))
    await history.append(importSummary(2))
    const { summaries } = await history.last(NAME, 1, { outcome: 'finished', exclude: importSummary(2, { run: 'x' }) })
    expect(summaries).toEqual([importSummary(0)])
  })

  test('is none if nothing was appended yet', async () => {
    expect(await history.last(NAME, 5)).toEqual({ summaries: [], warnings: [] })
  })
})

describe('files put together from several', () => {
  test('are read in order of time, each job of a run once', async () => {
    const all = nights([1, 2, 3, 4, 5, 6])
    const watchedAgain = importSummary(3, { durationMs: 4, at: importSummary(4).at })
    const lines = [...all.slice(3), ...all.slice(0, 4), watchedAgain, ...all.slice(3)].map(toLine)
    write(`${lines.join('\n')}\n`)
    const { summaries } = await history.last(NAME, 4)
    expect(summaries.map(({ jobId }) => jobId)).toEqual(['3', '4', '5', '6'])
    expect(summaries[1]).toEqual(watchedAgain)
  })

  test('one job that five runs watched is one', async () => {
    for (const night of [0, 1]) await history.append(importSummary(night))
    for (const run of ['a', 'b', 'c', 'd', 'e']) await history.append(importSummary(2, { run }))
    expect((await history.last(NAME, 20)).summaries.map(({ jobId }) => jobId)).toEqual(['1', '2', '3'])
  })

  test('a job number that a new server gave out again is another job', async () => {
    await history.append(importSummary(0, { jobId: '1' }))
    await history.append(importSummary(1, { jobId: '1' }))
    const { createdAt: _, ...unknown } = importSummary(2, { jobId: '1' })
    await history.append(unknown)
    await history.append({ ...unknown, run: 'another' })
    expect((await history.last(NAME, 5)).summaries).toHaveLength(4)
  })

  test('what a clock in the future has dated counts as oldest', async () => {
    for (const night of [0, 1, 2]) {
      await history.append(importSummary(night + 10, { at: `2999-01-0${night + 1}T00:00:00.000Z` }))
      await history.append(importSummary(night))
    }
    const { summaries } = await history.last(NAME, 4)
    expect(summaries.map(({ jobId }) => jobId)).toEqual(['13', '1', '2', '3'])
  })
})

describe('a file of many MB', () => {
  /** So many nights of one job, from one of them on. */
  const linesOf = (first: number, count: number) =>
    Array.from({ length: count }, (_, night) => toLine(importSummary(first + night)))
  const last = async () => (await history.last(NAME, 3, { outcome: 'finished' })).summaries.map(({ jobId }) => jobId)

  test('is not read whole if it is in order', async () => {
    const damaged = 'no line of a history'
    write(`${[damaged, ...linesOf(-12_000, 12_000), damaged, ...linesOf(0, 2)].join('\n')}\n`)
    const { summaries, warnings } = await history.last(NAME, 3)
    expect(summaries.map(({ jobId }) => jobId)).toEqual(['0', '1', '2'])
    // The first line is damaged as well.
    expect(warnings).toEqual([expect.stringContaining(`${path} line 3 from its end can't be read`) as string])
  })

  test('that was joined from two is read whole', async () => {
    write(`${[...linesOf(-6_000, 6_000), ...linesOf(-18_000, 12_000)].join('\n')}\n`)
    expect(await last()).toEqual(['-2', '-1', '0'])
  })
})

describe('damage', () => {
  test('a line that was cut short costs itself only', async () => {
    await history.append(importSummary(0))
    appendFileSync(path, toLine(importSummary(1)).slice(0, 100))
    await history.append(importSummary(2))
    await history.append(importSummary(3))
    const { summaries, warnings } = await history.last(NAME, 5)
    expect(summaries).toEqual([0, 2, 3].map((night) => importSummary(night)))
    expect(warnings).toEqual([expect.stringMatching(/\.jsonl line 2 can't be read: .*; left out$/)])
    expect(warnings[0]).toContain(path)
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(5)
  })

  test('a last line without an end is whole', async () => {
    write(toLine(importSummary(0)))
    expect(await history.last(NAME, 5)).toEqual({ summaries: [importSummary(0)], warnings: [] })
    await history.append(importSummary(1))
    expect((await history.last(NAME, 5)).summaries).toHaveLength(2)
  })

  test('a line of a newer version is left out, and appended after', async () => {
    await history.append(importSummary(0))
    const newer = '{"v":2,"when":"tomorrow"}\n'
    appendFileSync(path, newer)
    await history.append(importSummary(1))
    const { summaries, warnings } = await history.last(NAME, 5)
    expect(summaries).toHaveLength(2)
    expect(warnings).toEqual([
      `${path} line 2 is in format 2, and this vitest-tidb reads format 1: update vitest-tidb to count it; left out`,
    ])
    expect(readFileSync(path, 'utf8')).toContain(newer)
  })

  test('a file of rubbish is told in few lines', async () => {
    write(Buffer.concat([Buffer.alloc(3_000_000, 0xff), Buffer.from(`\n${'?\n'.repeat(1_000)}\r\n`)]))
    await history.append(importSummary(0))
    const { summaries, warnings } = await history.last(NAME, 5)
    expect(summaries).toEqual([importSummary(0)])
    expect(warnings).toHaveLength(6)
    expect(warnings.at(-1)).toBe(`${path}: 996 more can't be read; left out`)
  })

  test('a line that is too long to be one is left out', async () => {
    await history.append(importSummary(0))
    appendFileSync(path, `${'x'.repeat(2_000_000)}\n`)
    await history.append(importSummary(1))
    expect(await history.last(NAME, 5)).toEqual({
      summaries: [importSummary(0), importSummary(1)],
      warnings: [`${path} line 2 can't be read: it is longer than 1 MB; left out`],
    })
  })
})

const fails = expect.objectContaining({ code: 'TIDB_HISTORY_FAILED' })

describe('a place that can not be used', () => {
  test('a file where the folder should be', async () => {
    mkdirSync(dirname(folder), { recursive: true })
    writeFileSync(folder, '')
    for (const fail of [() => history.append(importSummary(0)), () => history.last(NAME, 5)]) {
      const failure = fail()
      await expect(failure).rejects.toThrow(fails)
      await expect(failure).rejects.toThrow(
        new RegExp(`history of import jobs in ${folder}.*ENOTDIR.*\n  try: there is a file`),
      )
    }
  })

  test('a folder where the file should be', async () => {
    mkdirSync(path, { recursive: true })
    await expect(history.append(importSummary(0))).rejects.toThrow(/EISDIR.*\n {2}try: there is a folder/)
    await expect(history.last(NAME, 5)).rejects.toThrow(/can't read the history .*EISDIR/)
  })

  test.runIf(process.platform === 'linux')('a folder below a virtual file system', async () => {
    const appended = new FolderHistory('/proc/none/history').append(importSummary(0))
    await expect(appended).rejects.toThrow("can't append to the history of import jobs in /proc/none/history/")
    await expect(appended).rejects.toMatchObject({
      code: 'TIDB_HISTORY_FAILED',
      message: expect.stringContaining('ENOENT') as string,
    })
  })

  test.runIf(process.platform === 'linux')('a full disk', async () => {
    mkdirSync(folder, { recursive: true })
    symlinkSync('/dev/full', path)
    const failure = history.append(importSummary(0))
    await expect(failure).rejects.toThrow(HistoryError)
    await expect(failure).rejects.toThrow(/can't append to .*ENOSPC.*\n {2}try: make room/)
  })

  // Root may write anywhere: a child does without being root.
  test.runIf(process.platform === 'linux')('a folder of somebody else', async () => {
    await history.append(importSummary(0))
    for (const locked of [path, folder]) chmodSync(locked, 0)
    const output = await runAppender(folder, `process.getuid() === 0 && process.seteuid(65534); append(1, 1)`)
    expect(output).toMatch(/^TIDB_HISTORY_FAILED can't append to .*EACCES.*\n {2}try: allow this user/)
  })
})

describe('processes that append at once', () => {
  const [PROCESSES, LINES] = [6, 400]

  test('tear no line and lose none', { timeout: 60_000 }, async () => {
    const outputs = await Promise.all(
      Array.from({ length: PROCESSES }, (_, number) => runAppender(folder, `append(${number}, ${LINES})`)),
    )
    expect(outputs).toEqual(Array.from({ length: PROCESSES }, () => 'done\n'))
    const whole = readFileSync(path, 'utf8')
    expect(whole.endsWith('\n')).toBe(true)
    // An empty one is there when one process saw half of what another was just writing.
    const read = whole.split(/\n+/).slice(0, -1).map(fromLine)
    expect(read.filter((each) => 'fault' in each)).toEqual([])
    const told = new Set(read.map((each) => ('fault' in each ? '' : `${each.run} ${each.jobId}`)))
    expect(told.size).toBe(PROCESSES * LINES)
    const alternations = read.filter((each, at) => 'run' in each && each.run !== (read[at - 1] as typeof each)?.run)
    // Else they were not at it at once, and this proved nothing.
    expect(alternations.length).toBeGreaterThan(PROCESSES * 2)
  })
})

/** Runs code in a process of its own that has `append(number, lines)`, which appends lines of several KB. */
async function runAppender(folder: string, code: string): Promise<string> {
  const program = `
    const { FolderHistory } = await import(${JSON.stringify(await runnable('src/import-history/folder-history.ts'))})
    const { importSummary } = await import(${JSON.stringify(await runnable('specs/import-history/import-summaries.ts'))})
    const history = new FolderHistory(${JSON.stringify(folder)})
    async function append(number, lines) {
      try {
        for (let at = 0; at < lines; at += 4) {
          await Promise.all([0, 1, 2, 3].slice(0, lines - at).map((more) => history.append(importSummary(number, {
            run: 'process ' + number, jobId: String(at + more),
            phases: Array.from({ length: 1 + ((at + more) % 300) }, () => ({ phase: 'importing', ms: number })),
          }))))
        }
        console.log('done')
      } catch (error) { console.log(error.code, error.message) }
    }
    await history.last('', 1)
    console.error('ready')
    await new Promise((resolve) => process.stdin.once('data', resolve).once('end', resolve))
    process.stdin.destroy()
    ${code}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', 'pipe'] })
  const output = text(child.stdout)
  const [said] = (await once(child.stderr, 'data')) as [Buffer]
  if (!said.toString().includes('ready')) throw new Error(said.toString())
  child.stdin.end('go\n')
  return output
}
