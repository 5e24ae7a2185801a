import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { AbortedError, ConfigError } from '../errors.ts'
import { faultHint } from '../file-fault.ts'
import { makeFolder } from '../make-folder.ts'
import { printJson, printLine } from './print.ts'
import { commands, CONFIG_FILE, projectFiles, type Installing, type PackageManager } from './project-files.ts'

export interface InitOptions {
  /** Replaces what is there. */
  readonly yes?: boolean
  /** Leaves what is there as it is. */
  readonly keep?: boolean
  readonly json?: boolean
}

type Became = 'written' | 'replaced' | 'kept' | 'unchanged'

interface Manifest {
  readonly packageManager?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

const CONFIGS = /^(?:vite|vitest)\.config\.[cm]?[jt]s$/

/**
 * Writes what a project needs for its first spec. What is there already is replaced only if somebody says so.
 *
 * @throws {ConfigError} if the folder is no project, something else is in the place of a file, or nobody can be asked: then
 *   nothing is written; or if the file system refuses. {AbortedError} after Ctrl-C.
 */
export async function init(folder: string, options: InitOptions, signal: AbortSignal): Promise<void> {
  try {
    await writeProject(folder, options, signal)
  } catch (cause) {
    if (!(cause instanceof Error) || !('syscall' in cause)) throw cause
    const hint = faultHint((cause as NodeJS.ErrnoException).code, 'or run this in another folder')
    throw new ConfigError(['init'], cause.message, { hints: hint === undefined ? [] : [hint], cause })
  }
}

async function writeProject(folder: string, options: InitOptions, signal: AbortSignal): Promise<void> {
  const manifest = readManifest(folder)
  const installing = installingOf(folder, manifest)
  const { manager } = installing
  const files = projectFiles(installing)
  for (const path of Object.keys(files)) demandRoom(folder, path)
  const configured = readdirSync(folder).find((name) => CONFIGS.test(name))
  const there = Object.keys(files).filter((path) => path !== CONFIG_FILE && differs(join(folder, path), files[path]))
  const replaced = await toReplace(there, options, signal)
  const became: Record<string, Became> = {}
  for (const [path, text] of Object.entries(files)) {
    const at = join(folder, path)
    // Another one would hide that of the project.
    if (path === CONFIG_FILE && configured !== undefined) {
      became[configured] = readFileSync(join(folder, configured), 'utf8').includes('vitest-tidb/plugin')
        ? 'unchanged'
        : 'kept'
      continue
    }
    if (existsSync(at) && !there.includes(path)) became[path] = 'unchanged'
    else if (there.includes(path) && !replaced.has(path)) became[path] = 'kept'
    else {
      became[path] = there.includes(path) ? 'replaced' : 'written'
      makeFolder(dirname(at))
      writeFileSync(at, text)
    }
  }
  const next = nextSteps(manager, manifest, configured !== undefined && became[configured] === 'kept' ? configured : '')
  if (options.json === true) return printJson({ ok: true, packageManager: manager, files: became, next })
  for (const [path, what] of Object.entries(became)) printLine(`${what.padEnd(9)}  ${path}`)
  for (const step of next) printLine(`next: ${step}`)
}

function readManifest(folder: string): Manifest {
  const path = join(folder, 'package.json')
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Manifest
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    throw new ConfigError(['package.json'], `${path} ${isMissing ? 'is not there' : "can't be read"}`, {
      hints: [isMissing ? 'run this in the folder of a project, or first: npm init' : 'see whether it is JSON'],
      cause,
    })
  }
}

const LOCK_FILES: readonly (readonly [file: string, PackageManager])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
]

function installingOf(folder: string, { packageManager = '' }: Manifest): Installing {
  const [manager, version] = packageManager.split('@')
  if (manager === 'npm' || manager === 'pnpm' || manager === 'yarn') {
    return { manager, classic: manager === 'yarn' && version?.startsWith('1.') === true }
  }
  const [lock = '', found = 'npm' as const] = LOCK_FILES.find(([file]) => existsSync(join(folder, file))) ?? []
  const classic = found === 'yarn' && readFileSync(join(folder, lock), 'utf8').includes('# yarn lockfile v1')
  return { manager: found, named: false, classic }
}

/** @throws {ConfigError} if a folder is where a file should be, or the other way round. */
function demandRoom(folder: string, path: string): void {
  const parts = path.split('/')
  for (const [at] of parts.entries()) {
    const place = parts.slice(0, at + 1).join('/')
    const there = statSync(join(folder, place), { throwIfNoEntry: false })
    if (there === undefined) return
    const isLast = at === parts.length - 1
    if (isLast ? there.isFile() : there.isDirectory()) continue
    throw new ConfigError([place], `${place} is there, and is no ${isLast ? 'file' : 'folder'}`, {
      hints: ['move it, or run this in another folder'],
    })
  }
}

function differs(path: string, text: string | undefined): boolean {
  return existsSync(path) && readFileSync(path, 'utf8') !== text
}

async function toReplace(there: readonly string[], { yes, keep }: InitOptions, signal: AbortSignal) {
  if (there.length === 0 || keep === true) return new Set<string>()
  if (yes === true) return new Set(there)
  if (!process.stdin.isTTY) {
    throw new ConfigError(['--yes'], `${there.join(', ')}: there already, and nobody can be asked without a terminal`, {
      hints: ['--yes replaces what is there, --keep leaves it'],
    })
  }
  const answers = createInterface({ input: process.stdin, output: process.stderr })
  const interrupted = new AbortController()
  answers.once('SIGINT', () => interrupted.abort())
  // Ctrl-D is no answer either.
  answers.once('close', () => interrupted.abort())
  const either = AbortSignal.any([signal, interrupted.signal])
  const replaced = new Set<string>()
  try {
    for (const path of there) {
      const answer = await answers.question(`${path} is there already. Replace it? [y/N] `, { signal: either })
      if (/^y(?:es)?$/i.test(answer.trim())) replaced.add(path)
    }
    return replaced
  } catch (error) {
    if (!either.aborted) throw error
    throw new AbortedError('interrupted while asking what to replace: nothing was written')
  } finally {
    answers.removeAllListeners('close').close()
  }
}

function nextSteps(manager: PackageManager, { dependencies, devDependencies }: Manifest, config: string): string[] {
  const { add, run } = commands[manager]
  // Vite is a peer of vitest, and npm and pnpm install peers by themselves.
  const needed = ['vitest', ...(manager === 'yarn' ? ['vite'] : []), 'vitest-tidb']
  const missing = needed.filter((name) => !(name in { ...dependencies, ...devDependencies }))
  return [
    ...(missing.length === 0 ? [] : [`${add} ${missing.join(' ')}`]),
    ...(config === '' ? [] : [`add tidb() from 'vitest-tidb/plugin' to the plugins of ${config}`]),
    run,
  ]
}
