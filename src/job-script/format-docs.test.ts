import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseJobScript } from './parse.ts'
import { jobColumns, jobKeys, stepKeys, subtaskColumns, taskColumns } from './schema.ts'

const text = readFileSync(new URL('../../docs/job-scripts.md', import.meta.url), 'utf8')
const section = (title: string) => text.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? ''
const rowsOf = (part: string) =>
  new Map([...part.matchAll(/^\| `([\w-]+)` *\| (.*) \|$/gm)].map(([, key, about]) => [key, about]))

test.for([
  ['Jobs', Object.keys(jobKeys)],
  ['Steps', Object.keys(stepKeys)],
] as const)('docs/job-scripts.md has every key of %s', ([title, keys]) => {
  expect(new Set(rowsOf(section(title)).keys())).toEqual(new Set(keys))
})

test.for([
  ['set', jobColumns],
  ['set-task', taskColumns],
  ['set-subtask', subtaskColumns],
] as const)('docs/job-scripts.md has every raw column of %s', ([key, { entries }]) => {
  const named = [...(rowsOf(section('Steps')).get(key) ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name)
  expect(new Set(named)).toEqual(new Set(Object.keys(entries)))
})

test('the scripts in docs/job-scripts.md are valid', () => {
  const scripts = [...text.matchAll(/^```yaml\n([^]*?)^```/gm)].map(([, script = '']) => script)
  expect(scripts).toHaveLength(2)
  for (const script of scripts) parseJobScript(script, 'docs/job-scripts.md')
})
