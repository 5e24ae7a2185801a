import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const { name, exports } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as {
  readonly name: string
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>
}

/** An alias for each entry of the package: the compiled file that package.json gives, or what `toFile` makes of it. */
export function aliases(toFile: (built: string) => string, base: string | URL = import.meta.url) {
  return Object.entries(exports).flatMap(([entry, target]) => {
    if (typeof target === 'string') return []
    const file = new URL(toFile(target.default), base)
    return [{ find: new RegExp(`^${name}${entry.slice(1)}$`), replacement: fileURLToPath(file) }]
  })
}

/** Lets the repository import itself by its package name, from source, with no build before. */
export const sourceAlias = aliases((built) => built.replace('./dist/', './src/').replace(/js$/, 'ts'))

/** The same for what was built: benchmarks measure what is shipped. */
export const builtAlias = aliases((built) => built)
