import type { TestProject } from 'vitest/node'
import './provided.ts'
import { importsVitestTidb } from './global-setup/needed.ts'
import { registrationOf } from './global-setup/registry.ts'
import type { Run } from './global-setup/run.ts'

interface Runs {
  /** One run for each set of settings, whatever the number of projects. */
  readonly started: Map<string, Promise<Run>>
  readonly projects: Set<TestProject>
}

const KEY = Symbol.for('vitest-tidb.runs')
const place = globalThis as { [KEY]?: WeakMap<object, Runs> }

/**
 * vitest's global setup: finds or starts a TiDB, takes it through the workflow once, and provides what it learned.
 * The plugin adds it; listing it in `globalSetup` as well does no harm.
 */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const { vitest } = project
  const runs = (place[KEY] ??= new WeakMap<object, Runs>())
  let own = runs.get(vitest)
  if (own === undefined) runs.set(vitest, (own = { started: new Map(), projects: new Set() }))
  if (own.projects.has(project)) return undefined
  own.projects.add(project)
  const { started } = own

  const start = async () => {
    const { start: _, ...settings } = registrationOf(vitest).options.get(project) ?? {}
    const key = JSON.stringify(settings)
    let run = started.get(key)
    if (run === undefined) {
      const { startRun } = await import('./global-setup/run.ts')
      run = startRun({
        settings,
        root: project.config.root,
        workers: Number(project.config.maxWorkers) || 1,
        log: (line) => vitest.logger.log(`vitest-tidb: ${line}`),
        importProgress: registrationOf(vitest).importProgress,
      })
      started.set(key, run)
    }
    project.provide('tidb', (await run).provided)
  }

  if (await isNeeded(project)) await start()
  else {
    // In watch mode, a file that needs a server may come later.
    project.onTestsRerun(async (specifications) => {
      const files = specifications.filter((spec) => spec.project === project).map((spec) => spec.moduleId)
      if (await importsVitestTidb(project, files)) await start()
    })
  }
  return async () => {
    const all = [...started.values()]
    started.clear()
    await Promise.all(all.map(async (run) => (await run).stop()))
  }
}

async function isNeeded(project: TestProject): Promise<boolean> {
  const { options, specifications } = registrationOf(project.vitest)
  const own = options.get(project)
  // Listed by hand, without the plugin: whoever did that wants a server.
  if (own === undefined) return project.isRootProject()
  if (own.start === 'always' || specifications === undefined) return true
  const files = specifications.filter((spec) => spec.project === project).map((spec) => spec.moduleId)
  if (files.length === 0) return false
  return importsVitestTidb(project, [...files, ...project.config.setupFiles])
}
