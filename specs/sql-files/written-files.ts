import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { tempFolder } from '../../fixtures/temp-folder.ts'
import { runVitest, type VitestRun } from '../../fixtures/run-vitest.ts'

/** Files of SQL that a spec writes, and a vitest that runs them. */
export function writtenFiles(files: Readonly<Record<string, string | Buffer>>) {
  const folder = tempFolder()
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder.path, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  return {
    path: folder.path,
    run: (args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<VitestRun> =>
      runVitest('sql-files', { args, env: { ...env, SQL_FILES_DIR: folder.path } }),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  }
}
