import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import packageJson from '../package.json' with { type: 'json' }

// What the documentation shows is what the repository does. Blocks are rewritten from their regions by:
// npm run test:unit -- -u

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const docs = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

/** `<!-- specs/docs/first.spec.ts#first -->` above a block names the file, and the region of it, that the block shows. */
const BLOCK = /(<!-- (\S+?)(?:#(\S+))? -->\n+```ts\n)[^]*?(```)/g

describe.for(docs)('%s', (path) => {
  const text = read(path)

  test('shows code that is run', async () => {
    const shown = text.replace(BLOCK, (_, opening: string, file: string, region: string | undefined, closing: string) =>
      [opening, region === undefined ? read(file) : regionOf(file, region), closing].join(''),
    )
    await expect(shown).toMatchFileSnapshot(join(root, path))
    const unmarked = text.replace(BLOCK, '').match(/^```(?:ts|js|typescript|javascript)\b/gm)
    expect(unmarked, 'blocks of code without a region').toBeNull()
    const empty = text.replace(BLOCK, '').match(/^<!-- \S+\.ts(?:#\S+)? -->$/gm)
    expect(empty, 'regions without a block of code').toBeNull()
  })

  test('links to what is there', () => {
    const links = [...text.matchAll(/\]\((?![a-z]+:)([^)#]*)(?:#([^)]*))?\)/g)]
    const broken = links.filter(([, file = '', anchor]) => {
      const target = file === '' ? path : join(dirname(path), file)
      return !existsSync(join(root, target)) || (anchor !== undefined && !anchorsOf(read(target)).includes(anchor))
    })
    expect(broken.map(([link]) => link)).toEqual([])
  })

  test('names commands that exist', () => {
    const shell = [...text.matchAll(/^```sh\n([^]*?)^```/gm)].map(([, lines = '']) => lines).join('')
    const scripts = [...shell.matchAll(/npm run (?:--\S+ )*([\w:]+)/g)].map(([, name = '']) => name)
    expect(scripts.filter((name) => !(name in packageJson.scripts))).toEqual([])
    const commands = readdirSync(join(root, 'src/cli/commands')).map((file) => read(`src/cli/commands/${file}`))
    const options = [...shell.matchAll(/vitest-tidb \w+(.*)/g)].flatMap(
      ([, rest = '']) => rest.match(/--[\w-]+/g) ?? [],
    )
    expect(options.filter((option) => !commands.some((text) => text.includes(`'${option}`)))).toEqual([])
  })
})

test('docs/errors.md has every error', () => {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  )
  const classes = sources.flatMap((name) => [
    ...read(`src/${name}`).matchAll(/class (\w+) extends TiDBError \{\n  readonly code = '(\w+)'/g),
  ])
  expect(classes.length).toBeGreaterThan(5)
  const entries = [...read('docs/errors.md').matchAll(/^## (\w+) `(\w+)`$/gm)].map(
    ([, name, code]) => `${name} ${code}`,
  )
  expect(entries.toSorted()).toEqual(classes.map(([, name, code]) => `${name} ${code}`).toSorted())
})

test('docs/dependencies.md has every dependency, with its licence', () => {
  const { dependencies, devDependencies, peerDependenciesMeta } = packageJson
  const wanted = Object.keys({ ...dependencies, ...devDependencies }).map((name) => {
    const { license } = JSON.parse(read(`node_modules/${name}/package.json`)) as { license: string }
    const part =
      name in dependencies ? 'Of the package' : name in peerDependenciesMeta ? 'Optional' : 'Of the repository'
    return `${part}: ${name} ${license}`
  })
  const parts = read('docs/dependencies.md').split(/^## /m).slice(1)
  const entries = parts.flatMap((part) => {
    const rows = part.matchAll(/^\| `([^`]+)` *\|.*\| ([\w.-]+) *\|$/gm)
    return [...rows].map(([, name, license]) => `${part.split('\n', 1)[0]}: ${name} ${license}`)
  })
  expect(entries.toSorted()).toEqual(wanted.toSorted())
})

function regionOf(file: string, name: string): string {
  const lines = read(file).split('\n')
  const begin = lines.findIndex((line) => line.trim() === `// ${name} {`)
  const end = lines.findIndex((line, at) => at > begin && line.trim() === '// }')
  if (begin === -1 || end === -1) throw new Error(`${file} has no region // ${name} { … // }`)
  const region = lines.slice(begin + 1, end)
  const indent = Math.min(...region.filter((line) => line !== '').map((line) => line.search(/\S/)))
  return `${region.map((line) => line.slice(indent)).join('\n')}\n`
}

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- _]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/** What the sources say, with `…` for what they fill in. */
const said = () =>
  readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?<!\.test|\.test-d)\.ts$/.test(name))
    .map((name) =>
      read(`src/${name}`)
        .replaceAll(String.raw`\``, '`')
        .replaceAll(String.raw`\'`, "'"),
    )

test('docs/troubleshooting.md quotes messages that are printed', () => {
  const texts = said()
  const quoted = [...read('docs/troubleshooting.md').matchAll(/^### `(.*)`$/gm)].map(([, message = '']) => message)
  expect(quoted.length).toBeGreaterThan(20)
  // In one file, in this order, and near each other.
  const isSaid = (message: string) => {
    const parts = message.split('…').flatMap((part) => part.trim() || [])
    const pattern = new RegExp(
      parts.map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)).join('[^]{1,200}?'),
    )
    return texts.some((text) => pattern.test(text))
  }
  expect(quoted.filter((message) => !isSaid(message))).toEqual([])
})
