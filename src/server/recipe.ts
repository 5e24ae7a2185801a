import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BRANCH } from '../connection/tidb-lock-waits.ts'
import { ServerError } from '../errors.ts'
import { packageFile } from '../package-files.ts'
import { releases } from './releases.ts'

/** Go module of TiDB, as the recipes require it. */
export const TIDB_MODULE = 'github.com/pingcap/tidb'
const COMMAND = `${TIDB_MODULE}/cmd/tidb-server`
/** What of that module is compiled into tidb-server. */
const COMPILED = ['br', 'cmd', 'dumpling', 'lightning', 'pkg']
/** Where the file of our own lies in it, and what is edited to call that file. */
const ADDED = 'pkg/store/mockstore/unistore/util/lockwaiter/waits.go'

/** Lines that stand once in a file of TiDB's, and what stands there in our build. */
interface Edit {
  readonly file: string
  readonly find: readonly string[]
  readonly put: readonly string[]
}

const additionFile = (name: string) => packageFile(join('tidb-server', 'lock-waits', name))
const moduleFile = (release: string, name: string) => packageFile(join('tidb-server', release, name))

/** Arguments of `go` that build a release into that file. */
export function buildArguments(release: string, to: string): string[] {
  const flags = [
    '-s -w',
    `-X ${TIDB_MODULE}/pkg/parser/mysql.TiDBReleaseVersion=${release}`,
    `-X ${TIDB_MODULE}/pkg/util/versioninfo.TiDBGitHash=${releases[release]?.commit}`,
    `-X ${TIDB_MODULE}/pkg/util/versioninfo.TiDBGitBranch=${BRANCH}`,
    `-X ${TIDB_MODULE}/pkg/util/versioninfo.TiDBEdition=Community`,
  ]
  return ['build', '-v', '-trimpath', '-buildvcs=false', '-ldflags', flags.join(' '), '-o', to, COMMAND]
}

/** Checksum of all that a binary is made of: one that was built by another recipe is another binary. */
export function recipeSum(release: string): string {
  const files = [
    moduleFile(release, 'go.mod'),
    moduleFile(release, 'go.sum'),
    additionFile('waits.go'),
    additionFile('edits.json'),
  ]
  const hash = createHash('sha256').update(
    JSON.stringify([releases[release], buildArguments(release, ''), ADDED, COMPILED]),
  )
  for (const file of files) hash.update(readFileSync(file))
  return hash.digest('hex')
}

/** Writes go.mod and go.sum of a release into a folder, so that Go can be asked for its modules. */
export function layModule(release: string, folder: string): void {
  for (const file of ['go.mod', 'go.sum']) copyFileSync(moduleFile(release, file), join(folder, file))
}

/**
 * Puts TiDB's source beside it, with our addition: its storage then tells at once who waits for a lock.
 *
 * @param source folder of TiDB's module in Go's cache, which is left as it is.
 * @throws {ServerError} if an edit does not fit the source.
 */
export function layAddition(source: string, folder: string): void {
  const tidb = join(folder, 'tidb')
  mkdirSync(tidb)
  copyFileSync(join(source, 'go.mod'), join(tidb, 'go.mod'))
  for (const part of COMPILED) copySource(join(source, part), join(tidb, part))
  for (const edit of JSON.parse(readFileSync(additionFile('edits.json'), 'utf8')) as Edit[]) {
    const path = join(tidb, edit.file)
    writeNew(path, edited(readFileSync(path, 'utf8'), edit))
  }
  writeNew(join(tidb, ADDED), readFileSync(additionFile('waits.go'), 'utf8'))
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

/** Without its tests. Go's cache is read-only, folders too; the copy is not, or nobody could clear it away. */
function copySource(from: string, to: string): void {
  mkdirSync(to)
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const path = join(from, entry.name)
    if (entry.isDirectory()) copySource(path, join(to, entry.name))
    else if (!entry.name.endsWith('_test.go')) copyFileSync(path, join(to, entry.name))
  }
}

/** A copy of a read-only file is read-only: it is written anew. */
function writeNew(path: string, text: string): void {
  rmSync(path, { force: true })
  writeFileSync(path, text)
}
