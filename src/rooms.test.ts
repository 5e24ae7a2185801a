import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const src = fileURLToPath(new URL('.', import.meta.url))
const page = readFileSync(join(src, '../docs/architecture.md'), 'utf8')
const [, picture = ''] = /^```mermaid\nflowchart LR\n([^]*?)^```/m.exec(page) ?? []

// `used --> user`, and `node["a, b"]` for a node that holds several.
const arrows = [...picture.matchAll(/^ *([\w-]+)(?:\[.*\])? --> ([\w-]+)(?:\[.*\])?$/gm)].map(
  ([, used = '', user = '']) => ({ used, user }),
)
const nodeOf = new Map(arrows.flatMap(({ used, user }) => [used, user]).map((node) => [node, node]))
for (const [, node = '', label = ''] of picture.matchAll(/([\w-]+)\["([^"]*)"\]/g)) {
  nodeOf.delete(node)
  for (const room of label.split(/<br>|, /)) nodeOf.set(room, node)
}

/** Everything to the left of a node: what it may import. */
function leftOf(node: string, seen = new Set<string>()): ReadonlySet<string> {
  for (const { used, user } of arrows) {
    if (user !== node || seen.has(used)) continue
    seen.add(used)
    leftOf(used, seen)
  }
  return seen
}

/** The room of a file: its folder in `src`, or its own name. */
function roomOf(file: string): string {
  return relative(src, file).replace(/(?:\/.*|(?:\.test(?:-d)?)?\.ts)$/, '')
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !/^[^/]*\.test(?:-d)?\.ts$/.test(name))
  .map((name) => join(src, name))

const imports = files.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/\b(?:from|import) ?\(?'(\.[^']*)'/g)].map(([, path = '']) => ({
    file: relative(src, file),
    from: roomOf(join(dirname(file), path)),
    to: roomOf(file),
  })),
)

test('the picture of the architecture has every room', () => {
  expect(arrows.length).toBeGreaterThan(20)
  expect([...nodeOf.keys()].toSorted()).toEqual([...new Set(files.map(roomOf))].toSorted())
})

test('rooms import from rooms to their left in the picture, and from no other', () => {
  const wrong = imports.filter(({ from, to }) => {
    const [used = from, user = to] = [nodeOf.get(from), nodeOf.get(to)]
    return !from.startsWith('..') && used !== user && !leftOf(user).has(used)
  })
  expect(wrong).toEqual([])
})

test('no arrow goes in a circle, and each one is an import', () => {
  expect([...nodeOf.values()].filter((node) => leftOf(node).has(node))).toEqual([])
  const real = new Set(imports.map(({ from, to }) => `${nodeOf.get(from)} --> ${nodeOf.get(to)}`))
  expect(arrows.map(({ used, user }) => `${used} --> ${user}`).filter((arrow) => !real.has(arrow))).toEqual([])
})

test('the table of rooms has every folder', () => {
  const folders = readdirSync(src, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const rows = [...page.matchAll(/^\| `src\/([\w-]+)` /gm)].map(([, name = '']) => name)
  expect(rows.toSorted()).toEqual(folders.map(({ name }) => name).toSorted())
})
