import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { copyFile, mkdir, readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { BRANCH } from '../connection/unistore.ts'
import { ServerError } from '../errors.ts'
import { packageFile } from '../package-files.ts'
import { goSum } from './go-sums.ts'
import { DEFAULT_RELEASE, releases } from './releases.ts'

/** Go module of TiDB, as the recipes require it. */
export const TIDB_MODULE = 'github.com/pingcap/tidb'
const COMMAND = `${TIDB_MODULE}/cmd/tidb-server`
/** What of that module is compiled into tidb-server. */
const COMPILED = ['br', 'cmd', 'dumpling', 'lightning', 'pkg']
/** Where in that module the files of our own lie. */
const UNISTORE = 'pkg/store/mockstore/unistore'

/** Lines that stand once in a file of TiDB's, and what stands there in our build. */
interface Edit {
  readonly file: string
  readonly find: readonly string[]
  readonly put: readonly string[]
}

const additionFile = (name: string) => packageFile(join('tidb-server', 'unistore', name))
const EDITS = additionFile('edits.json')
/** Paths of our Go files in unistore's folder, without tests. */
const added = readdirSync(additionFile('.'), { recursive: true, encoding: 'utf8' })
  .filter((path) => /(?<!_test)\.go$/.test(path))
  .toSorted()
const additionFiles = [EDITS, ...added.map(additionFile)]
const moduleFile = (release: string, name: string) => packageFile(join('tidb-server', release, name))

/** How a program is built with Go: once for each user, into the cache. */
export interface Recipe {
  /** Name of the program, and of its folder in the cache. */
  readonly name: 'tidb-server' | 'storage-node' | 'pd-server' | 'toxiproxy-server'
  readonly release: string
  /** GOTOOLCHAIN for the build. */
  readonly toolchain: string
  /** How long a first build takes, in words. */
  readonly takes: string
  /** Go modules whose source is needed before `lay`, and which folder of Go's cache each lies in then. */
  readonly sources: readonly string[]
  /** Writes go.mod and go.sum, so that Go can be asked for its modules. */
  readonly layModule: (folder: string) => void
  /** Puts beside it what is of our own. @param sources folders of those modules, which are left as they are. */
  readonly lay: (folder: string, sources: readonly string[]) => Promise<void>
  /** Arguments of `go` that build it into that file. */
  readonly arguments: (to: string) => readonly string[]
  /** Files that it is made of. */
  readonly files: readonly string[]
  /** Whatever else it depends on. */
  readonly facts: readonly unknown[]
}

/** Checksum of all that a binary is made of: one that was built by another recipe is another binary. */
export function recipeSum(recipe: Pick<Recipe, 'facts' | 'files'>): string {
  const hash = createHash('sha256').update(JSON.stringify(recipe.facts))
  for (const file of recipe.files) hash.update(contentOf(file))
  return hash.digest('hex')
}

/** A release of tidb-server; undefined if there is no recipe for it. */
export function tidbRecipe(release: string): Recipe | undefined {
  const facts = releases[release]
  if (facts === undefined) return undefined
  return {
    name: 'tidb-server',
    release,
    toolchain: facts.toolchain,
    takes: '4 to 7 minutes',
    sources: [TIDB_MODULE],
    layModule: (folder) => layModule(release, folder),
    lay: (folder, [source = '']) => layAddition(source, folder),
    arguments: (to) => buildArguments(release, to),
    files: [moduleFile(release, 'go.mod'), moduleFile(release, 'go.sum'), ...additionFiles],
    facts: [facts, buildArguments(release, ''), added, COMPILED],
  }
}

function contentOf(file: string): Buffer | string {
  return basename(file) === 'go.sum' ? goSum(dirname(file)) : readFileSync(file)
}

/** Files of a Go program of ours, without its tests. */
function programFiles(folder: string): string[] {
  const sources = readdirSync(packageFile(join('tidb-server', folder)))
  return [...sources.filter((name) => /^go\.mod$|(?<!_test)\.go$/.test(name)), 'go.sum']
    .toSorted()
    .map((name) => packageFile(join('tidb-server', folder, name)))
}

function copyInto(folder: string, files: readonly string[]): void {
  for (const file of files) writeFileSync(join(folder, basename(file)), contentOf(file))
}

/** The storage of a cluster: TiDB's unistore with our addition, served as a TiKV is. */
export function storageRecipe(): Recipe {
  const files = programFiles('storage-node')
  const release = DEFAULT_RELEASE
  const build = ['build', '-v', '-trimpath', '-buildvcs=false', '-ldflags', '-s -w']
  return {
    name: 'storage-node',
    release,
    toolchain: releases[release]?.toolchain ?? 'auto',
    takes: '1 to 2 minutes',
    sources: [TIDB_MODULE],
    layModule: (folder) => copyInto(folder, files),
    lay: (folder, [source = '']) => layAddition(source, folder),
    arguments: (to) => [...build, '-o', to, '.'],
    files: [...files, ...additionFiles],
    facts: [build, added, COMPILED],
  }
}

const PD_MODULE = 'github.com/tikv/pd'
/** Newest PD that can be had by its name as a Go module: of April 2024. */
const PD_COMMIT = '7179657d129b'

/** The PD of a cluster. TiDB refuses one that says it is older than its oldest supported: it reports the release that it serves. */
export function pdRecipe(): Recipe {
  const files = programFiles('pd')
  const flags = [
    '-s -w',
    `-X ${PD_MODULE}/pkg/versioninfo.PDReleaseVersion=${DEFAULT_RELEASE}`,
    `-X ${PD_MODULE}/pkg/versioninfo.PDGitHash=${PD_COMMIT}`,
  ]
  const build = [
    'build',
    '-v',
    '-trimpath',
    '-buildvcs=false',
    '-tags',
    'without_dashboard',
    '-ldflags',
    flags.join(' '),
  ]
  return {
    name: 'pd-server',
    release: DEFAULT_RELEASE,
    toolchain: releases[DEFAULT_RELEASE]?.toolchain ?? 'auto',
    takes: '1 to 3 minutes',
    sources: [],
    layModule: (folder) => copyInto(folder, files),
    lay: () => Promise.resolve(),
    arguments: (to) => [...build, '-o', to, `${PD_MODULE}/cmd/pd-server`],
    files,
    facts: [build],
  }
}

const TOXIPROXY_COMMAND = 'github.com/Shopify/toxiproxy/v2/cmd/server'

/** The proxy that networks are broken with. */
export function toxiproxyRecipe(): Recipe {
  const files = programFiles('toxiproxy')
  const build = ['build', '-v', '-trimpath', '-buildvcs=false', '-ldflags', '-s -w']
  return {
    name: 'toxiproxy-server',
    release: 'v2.5.0',
    toolchain: 'auto',
    takes: '10 to 60 s',
    sources: [],
    layModule: (folder) => copyInto(folder, files),
    lay: () => Promise.resolve(),
    arguments: (to) => [...build, '-o', to, TOXIPROXY_COMMAND],
    files,
    facts: [build],
  }
}

/** Arguments of `go` that build a release into that file. */
function buildArguments(release: string, to: string): string[] {
  const flags = [
    '-s -w',
    `-X ${TIDB_MODULE}/pkg/parser/mysql.TiDBReleaseVersion=${release}`,
    `-X ${TIDB_MODULE}/pkg/util/versioninfo.TiDBGitHash=${releases[release]?.commit}`,
    `-X ${TIDB_MODULE}/pkg/util/versioninfo.TiDBGitBranch=${BRANCH}`,
    `-X ${TIDB_MODULE}/pkg/util/versioninfo.TiDBEdition=Community`,
  ]
  return ['build', '-v', '-trimpath', '-buildvcs=false', '-ldflags', flags.join(' '), '-o', to, COMMAND]
}

/** Writes go.mod and go.sum of a release into a folder, so that Go can be asked for its modules. */
export function layModule(release: string, folder: string): void {
  copyInto(
    folder,
    ['go.mod', 'go.sum'].map((file) => moduleFile(release, file)),
  )
}

/**
 * Puts TiDB's source beside it, with our addition: its storage then reports at once who waits for a lock, and remembers
 * what was locked as TiKV does.
 *
 * @param source folder of TiDB's module in Go's cache, which is left as it is.
 * @throws {ServerError} if an edit does not fit the source.
 */
export async function layAddition(source: string, folder: string): Promise<void> {
  const tidb = join(folder, 'tidb')
  mkdirSync(tidb)
  copyFileSync(join(source, 'go.mod'), join(tidb, 'go.mod'))
  for (const part of COMPILED) await copySource(join(source, part), join(tidb, part))
  for (const edit of JSON.parse(readFileSync(EDITS, 'utf8')) as Edit[]) {
    const path = join(tidb, edit.file)
    writeNew(path, edited(readFileSync(path, 'utf8'), edit))
  }
  for (const path of added) copyFileSync(additionFile(path), join(tidb, UNISTORE, path))
  const module = join(folder, 'go.mod')
  writeNew(module, `${readFileSync(module, 'utf8')}\nreplace ${TIDB_MODULE} => ./tidb\n`)
}

/** @throws {ServerError} unless the lines stand there exactly once. */
function edited(text: string, { file, find, put }: Edit): string {
  const lines = text.split('\n')
  const places = lines.flatMap((_, at) => (find.every((line, offset) => lines[at + offset] === line) ? [at] : []))
  const [place] = places
  if (place !== undefined && places.length === 1) return lines.toSpliced(place, find.length, ...put).join('\n')
  throw new ServerError(
    `the source of tidb-server is not what its recipe was made for: ${file} has these lines ${places.length} times, not once:\n${find.join('\n')}`,
    { hints: ['set TIDB_SERVER_BIN to a binary, or report this with the release that should be built'] },
  )
}

/**
 * Without its tests. Go's cache is read-only, folders too; the copy is not, or nobody could clear it away. Not at one go:
 * thousands of files take long on a busy machine, and the lock of the build has to be refreshed meanwhile.
 */
async function copySource(from: string, to: string): Promise<void> {
  await mkdir(to)
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const path = join(from, entry.name)
    if (entry.isDirectory()) await copySource(path, join(to, entry.name))
    else if (!entry.name.endsWith('_test.go')) await copyFile(path, join(to, entry.name))
  }
}

/** A copy of a read-only file is read-only: it is written anew. */
function writeNew(path: string, text: string): void {
  rmSync(path, { force: true })
  writeFileSync(path, text)
}
