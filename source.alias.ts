import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const { name, exports } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as {
  readonly name: string
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>
}

function aliases(toFile: (built: string) => string) {
  return Object.entries(exports).flatMap(([entry, target]) => {
    if (typeof target === 'string') return []
    const file = new URL(toFile(target.default), import.meta.url)
    return [{ find: new RegExp(`^${name}${entry.slice(1)}$`), replacement: fileURLToPath(file) }]
  })
}

/** Lets the repository import itself by its package name, from source, with no build before. */
export const sourceAlias = aliases((built) => built.replace('./dist/', './src/').replace(/js$/, 'ts'))

/** The same for what was built: benchmarks measure what is shipped. */
export const builtAlias = aliases((built) => built)
