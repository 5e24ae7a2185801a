import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runVitest } from '../../fixtures/run-vitest.ts'
import { tempFolder } from '../../fixtures/temp-folder.ts'

const OF_FAILURES = [
  'marker_user',
  'marker_typo',
  'marker_alter',
  'marker_nobody',
  'marker_keys',
  'marker_userinfo',
  'marker_token',
  'marker_nested',
  'marker_prepared',
  'marker_deadline',
  'marker_matcher',
  'marker_job',
]
const OF_JOBS = ['marker_job', 'marker_source']

test('a secret is in no report of a run, whatever failed with it', { timeout: 180_000 }, async () => {
  using temp = tempFolder()
  const file = (name: string) => join(temp.path, name)
  const reporters = ['default', 'github-actions', 'junit', 'json', 'blob']
  const { status, output } = await runVitest('secrets', {
    env: {
      TIDB_IMPORT_HISTORY_DIR: file('history'),
      TIDB_IMPORT_REPORT_DIR: file('report'),
      GITHUB_STEP_SUMMARY: file('summary.md'),
    },
    args: [
      ...reporters.map((name) => `--reporter=${name}`),
      ...['junit', 'json', 'blob'].map((name) => `--outputFile.${name}=${file(name)}`),
    ],
  })
  expect(status).toBe(1)
  expect(output).toMatch(/Tests {2}13 failed \(13\)/)

  const files = readdirSync(temp.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  const texts = new Map(files.map((path) => [path.slice(temp.path.length + 1), readFileSync(path, 'utf8')]))
  const history = [...texts.keys()].find((name) => name.startsWith('history/')) ?? 'no file of a history'
  const told: Record<string, readonly string[]> = {
    terminal: OF_FAILURES,
    junit: OF_FAILURES,
    json: OF_FAILURES,
    blob: OF_FAILURES,
    [history]: OF_JOBS,
    'report/index.html': OF_JOBS,
    'report/import-jobs.json': OF_JOBS,
    'summary.md': ['marker_job'],
  }
  texts.set('terminal', output)
  expect([...texts.keys()].toSorted()).toEqual(Object.keys(told).toSorted())
  const found = [...texts].map(([name, text]) => ({
    name,
    // That the errors came so far at all.
    missing: told[name]?.filter((marker) => !text.includes(marker)),
    leaks: text.match(/.{0,200}hunter2.{0,100}/g) ?? [],
  }))
  expect(found).toEqual([...texts.keys()].map((name) => ({ name, missing: [], leaks: [] })))
})
