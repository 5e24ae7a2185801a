import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { processSpace, startTimeOf } from './process-identity.ts'
import { deadRecords, removeOldRecords, RunRecord } from './run-record.ts'

let home: string
let runs: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'vitest-tidb-record-'))
  vi.stubEnv('XDG_CACHE_HOME', home)
  runs = join(home, 'vitest-tidb', 'runs')
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true })
})

const isLinux = process.platform === 'linux'
const gone = { pid: process.pid, startTime: '1' }
const alive = { pid: process.pid, startTime: startTimeOf(process.pid) }
const remains = [1, 2].map((id) => ({ id, remains: { kind: 'folder', path: `/nowhere/vitest-tidb-${id}` } }))

function record(name: string, owner: object): void {
  mkdirSync(runs, { recursive: true })
  const lines = [{ owner }, ...remains].map((line) => JSON.stringify(line))
  // The last line was being written when the process was killed.
  writeFileSync(join(runs, `${name}.jsonl`), `${lines.join('\n')}\n{"id":2,"rem`)
}

test.runIf(isLinux)('what a dead process left is found until all of it was cleared', () => {
  record('dead', { space: processSpace(), processes: [gone, gone] })
  const [dead, ...others] = deadRecords()
  expect(others).toEqual([])
  expect(dead?.remains.map(([id]) => id)).toEqual([1, 2])
  dead?.forget(1)
  expect(deadRecords()[0]?.remains.map(([id]) => id)).toEqual([2])
  dead?.forget(2)
  expect(readdirSync(runs)).toEqual([])
})

test.runIf(isLinux).for([
  ['its process lives', { space: processSpace(), processes: [alive, gone] }],
  ['its watchdog lives', { space: processSpace(), processes: [gone, alive] }],
  ['it is of another machine, boot or container', { space: 'elsewhere', processes: [gone, gone] }],
  ['nothing tells when its process began', { space: processSpace(), processes: [{ pid: 1 }, gone] }],
] as const)('nothing is cleared when %s', ([, owner]) => {
  record('other', owner)
  expect(deadRecords()).toEqual([])
})

test.runIf(isLinux)(
  'a record is the user’s own, holds no password, and goes with the last that was to be cleared',
  () => {
    const own = new RunRecord(process.pid)
    const address = { host: 'h', port: 4000, user: 'root', password: 'hunter2', tls: { key: 'pem' } }
    own.note(1, { kind: 'databases', prefix: 'p_', address }, true)
    const text = readFileSync(own.path, 'utf8')
    expect(text).toContain('"address":{"host":"h","port":4000,"user":"root"}')
    expect(text).not.toMatch(/hunter2|pem/)
    expect(deadRecords()).toEqual([])
    own.forget(1, true)
    expect(readdirSync(runs)).toEqual([])
  },
)

test.runIf(isLinux)(
  'records that are older than 30 days go, and say what is given up; not those of a living run',
  () => {
    record('dead', { space: processSpace(), processes: [gone, gone] })
    record('elsewhere', { space: 'elsewhere', processes: [alive, alive] })
    record('living', { space: processSpace(), processes: [alive, gone] })
    record('recent', { space: 'elsewhere', processes: [gone, gone] })
    const then = Date.now() / 1_000 - 31 * 24 * 3_600
    for (const name of ['dead', 'elsewhere', 'living']) utimesSync(join(runs, `${name}.jsonl`), then, then)
    const left = ['/nowhere/vitest-tidb-1', '/nowhere/vitest-tidb-2']
    expect(removeOldRecords()).toEqual([...left, ...left])
    expect(readdirSync(runs)).toEqual(['living.jsonl', 'recent.jsonl'])
  },
)
