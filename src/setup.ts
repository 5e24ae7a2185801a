import type { TestProject } from 'vitest/node'
import './provided.ts'
import { isNeeded } from './global-setup/needed.ts'
import { registrationOf } from './global-setup/registry.ts'
import { runOf, stopRuns } from './global-setup/runs.ts'

const KEY = Symbol.for('vitest-tidb.setUp')
const place = globalThis as { [KEY]?: WeakSet<TestProject> }

/**
 * vitest's global setup: finds or starts a TiDB, takes it through the workflow once, and provides what it learned.
 * The plugin adds it; listing it in `globalSetup` as well does no harm.
 */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const setUp = (place[KEY] ??= new WeakSet())
  if (setUp.has(project)) return undefined
  setUp.add(project)
  const start = async () => project.provide('tidb', (await runOf(project)).provided)
  if (registrationOf(project.vitest).needed.has(project) || (await isNeeded(project))) await start()
  else {
    // In watch mode, a file that needs a server may come later.
    project.onTestsRerun(async (specifications) => {
      if (await isNeeded(project, specifications)) await start()
    })
  }
  const stopSql = await startSqlFiles(project)
  return async () => {
    await stopSql?.()
    await stopRuns(project.vitest)
  }
}

/** Provides what files of SQL run on, if any were selected. @returns what ends it. */
async function startSqlFiles(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const { options, specifications } = registrationOf(project.vitest)
  if (options.get(project)?.sqlFiles === undefined) return undefined
  const { beginSqlFiles, hasSqlFiles, sqlFilesOf, stopSqlFiles } = await import('./sql-files/selected.ts')
  const start = async () => {
    const provided = await sqlFilesOf(project)
    if (provided !== undefined) project.provide('tidbSqlFiles', provided)
  }
  if (specifications === undefined || hasSqlFiles(project, specifications)) beginSqlFiles(project, specifications)
  await start()
  project.onTestsRerun(async (rerun) => {
    if (hasSqlFiles(project, rerun)) beginSqlFiles(project, rerun)
    await start()
  })
  return () => stopSqlFiles(project.vitest)
}
