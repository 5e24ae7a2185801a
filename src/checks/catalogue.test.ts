import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { expect, test } from 'vitest'
import { checks } from './catalogue.ts'
import { shownStandard } from './limits.ts'
import * as exported from './index.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const page = join(root, 'docs/checks.md')

// `no-old-transactions` is noOldTransactions.
const functionOf = (name: string) => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())

const specs = ['specs/checks', 'specs/cluster'].flatMap((folder) =>
  readdirSync(join(root, folder)).map((file) => ({ file, path: `${folder}/${file}`, text: read(`${folder}/${file}`) })),
)

/** Where a check is seen to find something: a server in that state, or rows as TiDB documents them. */
function proofsOf(name: string): string[] {
  const proofs = specs
    .filter(({ text }) => new RegExp(`\\b${functionOf(name)}\\(|'${name}'`).test(text))
    .map(({ file, path }) => `[${file.replace('.spec.ts', '')}](../${path})`)
  const unit = `src/checks/${name}.test.ts`
  return existsSync(join(root, unit)) ? [...proofs, `[rows](../${unit})`] : proofs
}

test('every check is exported under its name, and is proven somewhere', () => {
  expect(checks.filter(({ name }) => !(functionOf(name) in exported)).map(({ name }) => name)).toEqual([])
  expect(checks.filter(({ name }) => proofsOf(name).length === 0).map(({ name }) => name)).toEqual([])
  expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length)
})

test('the page has every check', async () => {
  const rows = checks.map(({ name, title, limits, severity, source }) => {
    const shown = Object.entries(limits).map(([limit, given]) => `\`${limit}\` ${shownStandard(given) || 'none'}`)
    return `| \`${name}\`<br>\`${functionOf(name)}\` | ${title} | ${shown.join('<br>')} | ${severity} | ${source} | ${proofsOf(name).join(', ')} |`
  })
  const table = [
    '| Check | What holds | Limits | Severity | Source | Proven on |',
    '| - | - | - | - | - | - |',
    ...rows,
  ]
  const text = read('docs/checks.md').replace(
    /(<!-- checks -->\n)[^]*?(<!-- \/checks -->)/,
    (_, begin: string, end: string) => `${begin}\n${table.join('\n')}\n\n${end}`,
  )
  const options = await resolveConfig(page)
  await expect(await format(text, { ...options, filepath: page })).toMatchFileSnapshot(page)
})
