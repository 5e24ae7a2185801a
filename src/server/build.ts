import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { clearTimeout, performance, setTimeout } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { DeadlineError, ServerError } from '../errors.ts'
import { childEnv } from './child-env.ts'
import { cacheFolder, makeCacheFolder } from './cache.ts'
import { checksum, clearUnfinished } from './checksum.ts'
import { withLock } from './lock.ts'
import { recipeSum, tidbRecipe, type Recipe } from './recipe.ts'
import { DEFAULT_RELEASE, OLDEST_GO, releases } from './releases.ts'
import type { StartOptions } from './server.ts'
import { startTimeOf } from './process-identity.ts'
import { clearUnused, noteUse } from './unused.ts'
import { Watchdog } from './watchdog.ts'
import { formatDuration } from '../number-format.ts'
import { makeFolder } from '../make-folder.ts'
import { writeWhole } from '../write-whole.ts'

/** Names of folders with a binary: the checksum of its recipe. */
const BUILT = /^[0-9a-f]{16}$/
const PROGRESS_EVERY_MS = 10_000

/** Where the cache keeps a program: one for each recipe, so that none is mistaken for that of another. */
function placeOf(cache: string, recipe: Recipe) {
  const { name, release } = recipe
  const folder = join(cache, name, release)
  const built = join(folder, recipeSum(recipe).slice(0, 16))
  return { folder, built, binary: join(built, name), sum: join(built, `${name}.sha256`) }
}

/** The tidb-server of a release that was built before and is whole; undefined if there is none. */
export async function builtBinary(config: Config): Promise<string | undefined> {
  const recipe = tidbRecipe(config.version ?? DEFAULT_RELEASE)
  return recipe && builtProgram(recipe, config)
}

/** A program that was built before and is whole; undefined if there is none. */
export async function builtProgram(recipe: Recipe, config: Config): Promise<string | undefined> {
  const cache = cacheFolder(config)
  const { built, binary, sum } = placeOf(cache, recipe)
  // Before it is checked: what is noted as used is not cleared away from then on.
  noteUse(built)
  if (!existsSync(binary) || !existsSync(sum)) return undefined
  // A file that was damaged or cut short after the build is never started: it is built anew.
  return (await checksum(binary, cache)) === readFileSync(sum, 'utf8').trim() ? binary : undefined
}

/**
 * Builds tidb-server with Go into the cache; if another process is building it, waits for that.
 *
 * @throws {ServerError} if the release is unknown, Go is missing or the build fails; {DeadlineError} past TIDB_BUILD_TIMEOUT_MS.
 */
export async function buildBinary(config: Config, options: StartOptions): Promise<string> {
  const release = config.version ?? DEFAULT_RELEASE
  const recipe = tidbRecipe(release)
  if (recipe === undefined) {
    throw new ServerError(`tidb-server ${release} can't be built here: there is no build recipe for it`, {
      hints: [
        `set TIDB_VERSION to ${Object.keys(releases).join(' or ')}, or TIDB_SERVER_BIN to a binary of ${release}`,
      ],
    })
  }
  return buildProgram(recipe, config, options)
}

/** The same for any program: it is built only if it is not there yet. */
export async function buildProgram(
  recipe: Recipe,
  config: Config,
  { signal, onProgress = () => undefined }: StartOptions,
): Promise<string> {
  const what = `${recipe.name} ${recipe.release}`
  const { folder, built: place, binary, sum } = placeOf(cacheFolder(config), recipe)
  makeCacheFolder(folder)
  const withinMs = config.buildTimeoutMs
  const waitedFor = `another process to build ${what}`
  const onWait = () => onProgress(`waiting for ${waitedFor}`)
  return withLock(folder, { withinMs, waitedFor, signal, onWait }, async (lost) => {
    const built = await builtProgram(recipe, config)
    if (built !== undefined) return built
    await requireGo(what)
    clearUnfinished(folder)
    const watchdog = Watchdog.ofProcess()
    const module = mkdtempSync(join(folder, 'build-'))
    const forget = watchdog.watch({ kind: 'folder', path: module })
    try {
      recipe.layModule(module)
      const either = signal === undefined ? lost : AbortSignal.any([signal, lost])
      onProgress(`building ${what} with Go, once for all projects of this user: ${recipe.takes}`)
      const started = performance.now()
      const { toolchain } = recipe
      const go = (args: readonly string[]) => {
        const leftMs = Math.max(1, withinMs - (performance.now() - started))
        return runGo(args, { cwd: module, toolchain, leftMs, withinMs, signal: either, onProgress, what, watchdog })
      }
      const sources: string[] = []
      for (const source of recipe.sources) {
        const download = await go(['mod', 'download', '-json', source])
        sources.push((JSON.parse(download) as { readonly Dir: string }).Dir)
      }
      await recipe.lay(module, sources)
      await go(recipe.arguments(join(module, recipe.name)))
      makeFolder(place)
      clearUnfinished(place)
      rmSync(sum, { force: true })
      renameSync(join(module, recipe.name), binary)
      // Without its sum the binary counts as half built: it is written last.
      writeWhole(sum, `${await checksum(binary, cacheFolder(config))}\n`)
      // Those of older recipes, and of releases that nobody asks for any more.
      const releasesBuilt = join(folder, '..')
      for (const other of readdirSync(releasesBuilt)) clearUnused(join(releasesBuilt, other), BUILT)
      onProgress(`built ${what} in ${formatDuration(performance.now() - started)}`)
      return binary
    } finally {
      rmSync(module, { recursive: true, force: true, maxRetries: 5 })
      forget()
    }
  })
}

async function requireGo(what: string): Promise<void> {
  const version = await goVersion()
  const hints = ['install Go from https://go.dev/dl/, or set TIDB_HOST, or TIDB_SERVER_BIN, or run a Docker engine']
  if (version === undefined) throw new ServerError(`${what} can't be built: there is no Go on PATH`, { hints })
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldestMajor, oldestMinor] = OLDEST_GO
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    throw new ServerError(`${what} can't be built by Go ${version}: it needs ${OLDEST_GO.join('.')} or newer`, {
      hints,
    })
  }
}

/** Version of the Go on PATH, such as `1.26.8`; undefined if there is none. */
export async function goVersion(): Promise<string | undefined> {
  let said = ''
  const child = spawn('go', ['env', 'GOVERSION'], { env: childEnv('go'), stdio: ['ignore', 'pipe', 'ignore'] })
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await new Promise<void>((resolve) => child.once('error', () => resolve()).once('close', () => resolve()))
  return /go(\d+\.\d+(?:\.\d+)?)/.exec(said)?.[1]
}

interface GoRun {
  readonly cwd: string
  readonly toolchain: string
  /** What is left of the deadline, and the whole of it. */
  readonly leftMs: number
  readonly withinMs: number
  readonly signal: AbortSignal | undefined
  readonly onProgress: (line: string) => void
  readonly what: string
  readonly watchdog: Watchdog
}

/** @returns what it printed on its standard output. */
async function runGo(
  args: readonly string[],
  { cwd, toolchain, leftMs, withinMs, signal, onProgress, what, watchdog }: GoRun,
): Promise<string> {
  const env = { ...childEnv('go'), GOFLAGS: '-mod=readonly', GOTOOLCHAIN: toolchain, GOWORK: 'off' }
  signal?.throwIfAborted()
  // A group of its own, so that the compilers that Go starts end with it.
  const child = spawn('go', args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const forget =
    child.pid === undefined
      ? undefined
      : watchdog.watch({ kind: 'process', pid: child.pid, startTime: startTimeOf(child.pid), group: true })
  let printed = ''
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  let packages = 0
  let lines: string[] = []
  let lastProgress = performance.now()
  child.stderr.on('data', (chunk: Buffer) => {
    const said = chunk.toString().split('\n').filter(Boolean)
    // With -v, Go prints the name of each package that it compiles.
    packages += said.filter((line) => /^\S+$/.test(line)).length
    lines = [...lines, ...said].slice(-20)
    if (performance.now() - lastProgress < PROGRESS_EVERY_MS) return
    lastProgress = performance.now()
    onProgress(`building ${what}: ${packages} packages compiled`)
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = setTimeout(
    () =>
      reject(
        new DeadlineError(`${what} to be built`, withinMs, {
          hints: ['TIDB_BUILD_TIMEOUT_MS is this deadline'],
        }),
      ),
    leftMs,
  )
  const onAbort = () => reject(signal?.reason as Error)
  signal?.addEventListener('abort', onAbort, { once: true })
  child.once('error', (cause) => reject(new ServerError(`Go could not be started: ${cause.message}`, { cause })))
  child.once('close', (status, ended) => {
    if (status === 0) return resolve()
    const tail = lines.map((line) => `  ${line}`).join('\n')
    reject(
      new ServerError(`the build of ${what} failed (${ended ?? `status ${status}`}):\n${tail}`, {
        hints: ['see what Go says above; if it cannot download, check GOPROXY and GOFLAGS of this machine'],
      }),
    )
  })
  try {
    await promise
    return printed
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, 'SIGKILL')
    forget?.()
  }
}
