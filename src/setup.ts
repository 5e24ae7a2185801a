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
  return () => stopRuns(project.vitest)
}
