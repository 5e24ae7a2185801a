import { chmodSync, cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, parseJobScript, playJobScript, test as base } from 'vitest-tidb'
import { projectWithPackage } from '../../fixtures/installed-package.ts'
import { startCommand, type RunningCommand } from './run-command.ts'

/** A file of the examples. */
export function exampleFile(path: string): string {
  return fileURLToPath(new URL(`../../examples/${path}`, import.meta.url))
}

// What an example watches comes from outside of it: a local server can't ingest, so jobs are played into its job
// tables, and its own SHOW IMPORT JOBS shows them to whoever looks. The example does not know.
const orders = (end: string) => `
  - name: orders
    database: shop
    rows: 1000000
    steps: [{ start: importing }, { advance: 50% }, { ${end} }]`
const customers = `
  - name: customers
    database: shop
    rows: 50000
    steps: [{ start: importing }, { finish: }]`

const nights = {
  good: `jobs:${orders('finish: ')}${customers}`,
  failing: `jobs:${orders("fail: 'line 500001: value out of range'")}${customers}`,
  'without customers': `jobs:${orders('finish: ')}`,
  'with few orders': `jobs:${orders('finish: 999999')}${customers}`,
}

/** Starts a command in the project, with that environment and no more; it ends with the test. */
export type Start = (command: readonly string[], env: NodeJS.ProcessEnv) => RunningCommand

export interface Night {
  /** Where the server is and how long it is watched: what a user sets. */
  readonly env: NodeJS.ProcessEnv
  /** A file with the password of the user who watches, which only its owner can read. */
  readonly passwordFile: string
  /** Puts jobs there that wait; they go on once `running` shows that it watches them. Resolves when it has ended. */
  play(kind: keyof typeof nights, running: Pick<RunningCommand, 'output' | 'ended'>): Promise<void>
}

const USER = 'nightly'
const PASSWORD = 'watches-only'

/** `test` of the specs about examples, with a copy of `examples/nightly` that has the compiled package installed. */
export const test = base
  // oxlint-disable-next-line no-empty-pattern -- vitest reads off the pattern which fixtures this one needs: none
  .extend('project', async ({}, { onCleanup }): Promise<string> => {
    const folder = projectWithPackage()
    onCleanup(() => folder[Symbol.dispose]())
    cpSync(exampleFile('nightly'), folder.path, { recursive: true })
    return folder.path
  })
  .extend('start', ({ project }, { onCleanup }): Start => {
    const started: RunningCommand[] = []
    onCleanup(async () => {
      // What a failed test left running would still write into the project that is taken away.
      await Promise.all(started.map(({ kill }) => kill()))
    })
    return (command, env) => {
      const running = startCommand(command, { cwd: project, env })
      started.push(running)
      return running
    }
  })
  .extend('night', async ({ startTiDB, tidbPool, project }): Promise<Night> => {
    const server = await startTiDB()
    const root = tidbPool.session('root', server.settings)
    // As docs/nightly.md has it: SUPER to see the jobs of others, and nothing else.
    await root.query(`create user ${USER} identified by '${PASSWORD}'`)
    await root.query(`grant super on *.* to ${USER}`)
    const passwordFile = join(project, 'password')
    writeFileSync(passwordFile, `${PASSWORD}\n`)
    chmodSync(passwordFile, 0o600)
    const { host, port } = server
    const env = {
      TIDB_PROVIDER: 'host',
      TIDB_HOST: host,
      TIDB_PORT: String(port),
      TIDB_USER: USER,
      TIDB_DATABASE_PER_TEST: 'false',
      TIDB_IMPORT_POLL_INTERVAL_MS: '20',
      TIDB_IMPORT_MONITOR_SECONDS: '30',
      NO_COLOR: '1',
    }
    return {
      env,
      passwordFile,
      async play(kind, { output, ended }) {
        const script = parseJobScript(nights[kind], kind)
        await using play = await playJobScript(script, { querier: root, ours: true, clock: 'manual' })
        // Not the line of the proof before the specs, which names jobs as well.
        const watched = (text: string) => text.match(/^import job \d+ .*: pending/gm)?.length
        try {
          await expect.poll(() => watched(output()), { timeout: 30_000 }).toBe(script.jobs.length)
        } catch (cause) {
          throw new Error(`the night did not watch its ${script.jobs.length} jobs, and printed:\n${output()}`, {
            cause,
          })
        }
        for (const { steps } of script.jobs) for (const _ of steps) await play.step()
        await ended
      },
    }
  })
