import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import packageJson from '../package.json' with { type: 'json' }

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')

interface Entry {
  readonly name: string
  readonly values: readonly string[]
  readonly types: readonly string[]
}

const entries = await Promise.all(
  Object.entries(packageJson.exports).map(async ([name, target]): Promise<Entry> => {
    if (typeof target === 'string') return { name, values: [], types: [] }
    const source = target.types.replace(/^\.\/dist\/(.*)\.d\.ts$/, 'src/$1.ts')
    const values = Object.keys((await import(join(root, source))) as object)
    return { name, values: values.toSorted(), types: typesOf(read(source)).toSorted() }
  }),
)

/** The types that a module exports: they are gone from what runs. */
function typesOf(source: string): string[] {
  const lists = [...source.matchAll(/^export (type )?\{([^}]*)\}/gm)].flatMap(([, all, list = '']) =>
    list
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '' && (all !== undefined || item.startsWith('type ')))
      .map((item) => item.replace(/^type /, '')),
  )
  return [...lists, ...[...source.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name = '']) => name)]
}

// A name more is a promise more, and a name less breaks somebody: `npm run test:unit -- -u` writes either down.
test('what is exported', async () => {
  const pages = entries.map(({ name, values, types }) =>
    [
      `vitest-tidb${name.slice(1)}`,
      ...values.map((value) => `  ${value}`),
      ...types.map((type) => `  type ${type}`),
    ].join('\n'),
  )
  await expect(`${pages.join('\n\n')}\n`).toMatchFileSnapshot(join(root, 'src/exports.snap'))
})

test('every value that is exported is on a page of the docs', () => {
  const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
  const text = ['README.md', ...pages].map(read).join('\n')
  const untold = entries.flatMap(({ values }) =>
    values.filter((name) => name !== 'default' && !new RegExp(`\\b${name}\\b`).test(text)),
  )
  expect(untold).toEqual([])
})

test('what belongs to the machine is not exported', () => {
  expect(entries.flatMap(({ values, types }) => [...values, ...types])).not.toContain('MachineControl')
})
