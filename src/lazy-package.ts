import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/**
 * A package that is loaded with its first use: every process that imports ours would pay for it, and few need it. Only
 * for functions that can't wait; those that can use `import()`.
 *
 * @example
 * import type * as Yaml from 'yaml'
 * const yaml = lazyPackage<typeof Yaml>('yaml')
 */
export function lazyPackage<Exports>(name: string): () => Exports {
  let loaded: Exports | undefined
  return () => (loaded ??= require(name) as Exports)
}
