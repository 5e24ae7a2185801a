import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { expect, test } from 'vitest'
import { parquetTypes, type ParquetOutcome } from '../fixtures/import-cases/parquet-types.ts'

const page = fileURLToPath(new URL('../docs/import-files.md', import.meta.url))

test('the page has every Parquet type that is imported by a spec', async () => {
  const rows = parquetTypes.map(
    ({ type, shown, into, stored, stored854 }) =>
      `| ${type} | \`${shown}\` | \`${into}\` | ${describe(stored)} | ${describe(stored854)} |`,
  )
  const table = ['| Parquet type | Value | Column | v8.5.6 | v8.5.4 |', '| - | - | - | - | - |', ...rows]
  const text = readFileSync(page, 'utf8').replace(
    /(<!-- types -->\n)[^]*?(<!-- \/types -->)/,
    (_, begin: string, end: string) => `${begin}\n${table.join('\n')}\n\n${end}`,
  )
  const options = await resolveConfig(page)
  await expect(await format(text, { ...options, filepath: page })).toMatchFileSnapshot(page)
})

function describe(outcome: ParquetOutcome): string {
  return 'fails' in outcome ? `fails: ${outcome.fails}` : `\`${outcome.join(', ')}\``
}
