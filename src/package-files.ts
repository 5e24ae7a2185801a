import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Source in this repository, compiled in the package; how deep this file lies depends on which.
const here = fileURLToPath(import.meta.url)
const source = here.endsWith('.ts')
const root = findRoot(dirname(here))

function findRoot(folder: string): string {
  const manifest = readManifest(folder)
  if (manifest?.name === 'vitest-tidb') return folder
  const parent = dirname(folder)
  if (parent === folder) throw new Error(`no package.json of vitest-tidb in or above ${here}`)
  return findRoot(parent)
}

function readManifest(folder: string): { readonly name: string; readonly version: string } | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string; version: string }
  } catch {
    return undefined
  }
}

/** Path of a file of this package, such as `tidb-server/v8.5.6`. */
export function packageFile(path: string): string {
  return join(root, path)
}

/**
 * Path of a module of this package that is run or loaded by its path, such as `setup`. From source, if this Node can run
 * it: 22 knows no `using`, so there it is what `npm run build` made of it.
 */
export function packageModule(name: string): string {
  return source && 'AsyncDisposableStack' in globalThis
    ? join(root, 'src', `${name}.ts`)
    : join(root, 'dist', `${name}.js`)
}

/** Version of this package. */
export function packageVersion(): string {
  return readManifest(root)?.version ?? ''
}
