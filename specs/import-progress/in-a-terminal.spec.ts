import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest-tidb'
import { serverEnv } from '../../fixtures/server-env.ts'
import { tempFolder } from '../../fixtures/temp-folder.ts'
import { startVitestInTerminal, whyNoTerminal, type ProgramInTerminal } from '../../fixtures/terminal.ts'

// What a user sees in a terminal while import jobs are watched: the project sends the progress of fifteen jobs, and
// waits until this spec has seen enough.

const RUN = { timeout: 180_000 }
const POLL = { timeout: 30_000 }

interface Watched extends Disposable {
  readonly terminal: ProgramInTerminal
  /** Lets the jobs end, and waits for the end of the run. */
  finish(): Promise<void>
}

function watch(columns: number, rows: number, env: NodeJS.ProcessEnv = {}, args: readonly string[] = []): Watched {
  const folder = tempFolder()
  const gate = join(folder.path, 'seen')
  const terminal = startVitestInTerminal('import-progress', {
    columns,
    rows,
    env: { ...serverEnv(), IMPORT_PROGRESS_GATE: gate, ...env },
    args,
  })
  return {
    terminal,
    async finish() {
      writeFileSync(gate, '')
      await expect.poll(terminal.status, POLL).toBe(0)
    },
    [Symbol.dispose]() {
      terminal[Symbol.dispose]()
      folder[Symbol.dispose]()
    },
  }
}

const WIDE = `
Import jobs 3 running | 12 pending (15)
 ❯ orders            shop.orders       importing       ███████░░░░░░░░░   47%  4,712,345 rows   12,345 rows/s  ETA 7 min 5 s
 ! nightly 注文      shop.order_items  global-sorting  ░░░░░░░░░░░░░░░░    3%          0 rows  no progress for 2 min 10 s
 ❯ evil <b>name</b>  shop.evil         validating      ████████████████  100%  1,000,000 rows   12,345 rows/s  ETA 7 min 5 s
   … and 12 more: 12 pending

 ❯ jobs.spec.ts 0/1

 Test Files 0 passed (1)
      Tests 0 passed (1)
   Start at `

const NARROW = `
Import jobs 3 running | 12 pending (15)
 ❯ orders    importing        47%   12,345 rows/s  ETA 7 min 5 s
 ! nightly…  global-sorting    3%  no progress for 2 min 10 s
 ❯ evil <b…  validating      100%   12,345 rows/s  ETA 7 min 5 s
   … and 12 more: 12 pending

 ❯ jobs.spec.ts 0/1

 Test Files 0 passed (1)
      Tests 0 passed (1)
   Start at `

test.for([
  [130, 30, WIDE],
  [64, 20, NARROW],
] as const)(
  "in a terminal of %d x %d, jobs are drawn above vitest's own lines, and nothing of it is left",
  RUN,
  async ([columns, rows, expected], { skip }) => {
    const why = whyNoTerminal()
    skip(why !== undefined, why)
    using watched = watch(columns, rows)
    const { terminal } = watched
    await expect.poll(terminal.screen, POLL).toContain(expected)
    // It is drawn in place: after more drawings there is still one of it.
    const first = durationOf(terminal)
    await expect.poll(() => durationOf(terminal), POLL).not.toBe(first)
    // A read of the screen may come in the middle of a drawing.
    await expect.poll(terminal.screen, POLL).toContain(expected)
    await expect.poll(() => terminal.everything().match(/Import jobs/g)?.length, POLL).toBe(1)

    await watched.finish()
    const everything = terminal.everything()
    expect(everything).not.toMatch(/Import jobs|[█░]|rows\/s/)
    expect(everything.match(/^ [✓✗] import job /gm)).toHaveLength(15)
    expect(everything).toContain('\n ✓ import job 1 orders (shop.orders): finished, 10,000,000 rows\n')
    expect(everything).toContain(
      '\n ✗ import job 2 nightly 注文 (shop.order_items): failed at global-sorting 3%, 0 rows: checksum mismatched\n',
    )
    expect(everything).toMatch(
      /✓ jobs\.spec\.ts .*\n[^]*\n Test Files {2}1 passed \(1\)\n {6}Tests {2}1 passed \(1\)\n/,
    )
    expect(everything.match(/Test Files/g)).toHaveLength(1)
  },
)

function durationOf(terminal: ProgramInTerminal): string | undefined {
  return terminal.screen().match(/Duration ([\d.]+)s/)?.[1]
}

test('when the terminal is made smaller, lines become shorter', RUN, async ({ skip }) => {
  const why = whyNoTerminal()
  skip(why !== undefined, why)
  using watched = watch(130, 30)
  const { terminal } = watched
  await expect.poll(terminal.screen, POLL).toContain(WIDE)
  terminal.resize(64, 20)
  await expect.poll(terminal.screen, POLL).toContain(NARROW.split('\n', 6).join('\n'))
  await watched.finish()
})

test.for(['dot', 'verbose', 'tree'])('in the window of the reporter %s', RUN, async (reporter, { skip }) => {
  const why = whyNoTerminal()
  skip(why !== undefined, why)
  using watched = watch(130, 30, {}, ['--reporter', reporter])
  const { terminal } = watched
  await expect.poll(terminal.screen, POLL).toContain(WIDE.split('\n', 7).join('\n'))
  await watched.finish()
  expect(terminal.everything()).not.toMatch(/Import jobs|[█░]/)
})

test.for([
  [{ CI: 'true' }, []],
  [{}, ['--reporter', 'agent']],
] as const)('plain lines when vitest draws no window: %o %o', RUN, async ([env, args], { skip }) => {
  const why = whyNoTerminal()
  skip(why !== undefined, why)
  using watched = watch(130, 30, env, args)
  const { terminal } = watched
  await expect
    .poll(terminal.screen, POLL)
    .toContain('\nimport job 1 orders (shop.orders): importing 47%, 4,712,345 rows, 12,345 rows/s, ETA 7 min 5 s\n')
  expect(terminal.screen()).not.toMatch(/Import jobs|[█░]/)
  await watched.finish()
})

test('colours, and none with NO_COLOR', RUN, async ({ skip }) => {
  const why = whyNoTerminal()
  skip(why !== undefined, why)
  using coloured = watch(130, 30)
  using colourless = watch(130, 30, { NO_COLOR: '1' })
  for (const { terminal } of [coloured, colourless]) await expect.poll(terminal.screen, POLL).toContain(WIDE)
  await expect.poll(coloured.terminal.colours, POLL).toContain('\x1b[33mno progress for 2 min 10 s')
  expect(colourless.terminal.colours()).not.toContain('\x1b')
  await Promise.all([coloured.finish(), colourless.finish()])
  expect(coloured.terminal.colours()).toContain(' \x1b[31m✗\x1b[39m import job 2')
  expect(colourless.terminal.colours()).not.toContain('\x1b')
})

test('Ctrl-C leaves a terminal to work in', RUN, async ({ skip }) => {
  const why = whyNoTerminal()
  skip(why !== undefined, why)
  using watched = watch(130, 30)
  const { terminal } = watched
  await expect.poll(terminal.screen, POLL).toContain(WIDE)
  terminal.type('C-c')
  await expect.poll(terminal.status, POLL).toBeDefined()
  expect(terminal.everything().match(/Import jobs/g)?.length ?? 0).toBeLessThanOrEqual(1)
})
