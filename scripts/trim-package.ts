// After a build: one go.sum for all, and no declarations that no entry of the package leads to.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import packageJson from '../package.json' with { type: 'json' }
import { goSum, MERGED, mergeSums } from '../src/server/go-sums.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')

const modules = readdirSync(join(root, 'tidb-server'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('go.sum'))
  .map((path) => dirname(path))
  .toSorted()
writeFileSync(
  MERGED,
  mergeSums(Object.fromEntries(modules.map((name) => [name, goSum(join(root, 'tidb-server', name))]))),
)

const reached = new Set<string>()

function reach(declarations: string): void {
  if (reached.has(declarations)) return
  reached.add(declarations)
  for (const [, path = ''] of readFileSync(declarations, 'utf8').matchAll(
    /\b(?:from|import) ?\(?["'](\.[^"']+)["']/g,
  )) {
    reach(join(dirname(declarations), path.replace(/\.[jt]s$/, '.d.ts')))
  }
}

for (const entry of Object.values(packageJson.exports)) {
  if (typeof entry !== 'string') reach(join(root, entry.types))
}
for (const path of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
  const file = join(dist, path)
  if (path.endsWith('.d.ts') && !reached.has(file)) rmSync(file)
}
