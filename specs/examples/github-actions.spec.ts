import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest-tidb'
import { test as plain } from 'vitest'
import { parse } from 'yaml'
import { tempFolder } from '../../fixtures/temp-folder.ts'
import { PATH } from '../../fixtures/path.ts'
import { exampleFile, test } from './test.ts'

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly if?: string
  readonly with?: Readonly<Record<string, unknown>>
  readonly env?: Readonly<Record<string, string>>
}

interface Workflow {
  readonly on: { readonly workflow_dispatch: { readonly inputs: { readonly seconds: { readonly default: string } } } }
  readonly jobs: { readonly imports: { readonly 'timeout-minutes': number; readonly steps: readonly Step[] } }
}

const file = exampleFile('github-actions/nightly.yml')
const workflow = parse(readFileSync(file, 'utf8')) as Workflow
const { steps } = workflow.jobs.imports

/** Values for `${{ secrets.X }}` and `${{ inputs.seconds || '7200' }}`, as GitHub fills them in. */
function filledIn(env: Step['env'] = {}, secrets: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const fill = (text: string) =>
    text.replace(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => {
      const secret = /^secrets\.(\w+)$/.exec(expression)?.[1]
      if (secret !== undefined) return secrets[secret] ?? ''
      const fallback = /^inputs\.seconds \|\| '(\d+)'$/.exec(expression)?.[1]
      if (fallback === undefined)
        throw new Error(`the workflow has an expression that this spec does not know: ${expression}`)
      return fallback
    })
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value)]))
}

test(
  'the steps of the workflow run, and their results are where it takes them from',
  { timeout: 180_000 },
  async ({ start, project, night }) => {
    const [install, run, ...more] = steps.flatMap((step) => (step.run === undefined ? [] : [step]))
    // Not run here: it would take the package from the registry in the place of the one that was compiled.
    expect(install?.run).toBe('npm ci')
    expect(more).toEqual([])
    const { TIDB_PORT, TIDB_HOST, TIDB_USER, TIDB_IMPORT_POLL_INTERVAL_MS } = night.env
    const TIDB_PASSWORD = readFileSync(night.passwordFile, 'utf8').trim()
    const summary = join(project, '..', 'summary.md')
    const running = start(['bash', '-e', '-c', run?.run ?? ''], {
      PATH,
      HOME: project,
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: project,
      GITHUB_STEP_SUMMARY: summary,
      ...filledIn(run?.env, { TIDB_HOST, TIDB_USER, TIDB_PASSWORD }),
      // What a local server differs in.
      TIDB_PORT,
      TIDB_IMPORT_POLL_INTERVAL_MS,
      TIDB_TLS: 'false',
    })
    await night.play('failing', running)
    const { status, output } = await running.ended
    expect(status).toBe(1)
    expect(output).toMatch(
      /^::error file=.*specs\/nightly\.spec\.ts,.*import job 1 into .*line 500001: value out of range/m,
    )
    expect(output).not.toContain(TIDB_PASSWORD)
    const markdown = readFileSync(summary, 'utf8')
    expect(markdown).toContain('1 of 2 import jobs failed')
    expect(markdown).toContain('line 500001: value out of range')

    const path = (action: string) => String(steps.find(({ uses }) => uses?.startsWith(action))?.with?.['path'])
    for (const name of ['index.html', 'import-jobs.json', 'junit.xml'])
      expect(existsSync(join(project, path('actions/upload-artifact'), name)), name).toBe(true)
    expect(readFileSync(join(project, path('actions/upload-artifact'), 'junit.xml'), 'utf8')).toContain('failures="1"')
    expect(path('actions/cache/save')).toBe(path('actions/cache/restore'))
    expect(existsSync(join(project, path('actions/cache/save')))).toBe(true)
  },
)

plain('what a night leaves is kept however it ended, and the watch ends before the job', () => {
  const kept = steps.filter(({ uses }) => /upload-artifact|cache\/save/.test(uses ?? ''))
  expect(kept.map((step) => step.if)).toEqual(['always()', 'always()'])
  const { seconds } = workflow.on.workflow_dispatch.inputs
  expect(workflow.jobs.imports['timeout-minutes'] * 60).toBeGreaterThan(Number(seconds.default) + 120)
})

// Checks syntax, expressions, contexts, cron lines, and the inputs of well-known actions.
const ACTIONLINT = 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12'

plain('actionlint has nothing to say', { timeout: 120_000 }, ({ skip }) => {
  skip(spawnSync('go', ['version']).status !== 0, 'actionlint is built with Go, which is not here')
  using folder = tempFolder()
  const built = spawnSync('go', ['install', ACTIONLINT], {
    env: { ...process.env, GOBIN: folder.path },
    encoding: 'utf8',
    timeout: 100_000,
  })
  skip(built.status !== 0, `actionlint can't be built here: ${built.stderr.trim().split('\n').at(-1)}`)
  const { status, stdout } = spawnSync(join(folder.path, 'actionlint'), ['-no-color', file], { encoding: 'utf8' })
  expect(stdout).toBe('')
  expect(status).toBe(0)
})
