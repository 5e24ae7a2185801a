import type { TestProject, VitestPluginContext } from 'vitest/node'
import { isShared, loadConfig } from '../config/config.ts'
import { ConfigError } from '../errors.ts'
import { registrationOf, settingsOf, type PluginOptions } from './registry.ts'

/**
 * Puts a project for each release in the place of the root's own, which then has nothing to run.
 *
 * @throws {ConfigError} if there is a server already, or a project of `test.projects` asks for releases.
 */
export async function addReleases(
  { vitest, project, injectTestProjects }: Pick<VitestPluginContext, 'vitest' | 'project' | 'injectTestProjects'>,
  { releases = [], ...options }: PluginOptions,
): Promise<readonly TestProject[]> {
  if (!project.isRootProject()) {
    throw new ConfigError(['releases'], 'releases are for a configuration without test.projects', {
      hints: ['give each project a plugin of its own, with tidb({ version })'],
    })
  }
  if (isShared(loadConfig({ ...settingsOf(options), cwd: project.config.root }).config)) {
    throw new ConfigError(
      ['releases'],
      'releases are given, and there is a server already: TIDB_HOST, TIDB_URL or TIDB_REUSE',
      {
        hints: ['unset it, and a server of each release is started; or run without releases'],
      },
    )
  }
  const configs = releases.map((release) => ({ extends: true as const, test: { name: release } }))
  const added = await injectTestProjects(configs)
  vitest.projects.splice(vitest.projects.indexOf(project), 1)
  for (const each of added) {
    const release = releases.find((name) => name === each.name)
    registrationOf(vitest).options.set(each, { ...options, ...(release !== undefined && { release }) })
  }
  return added
}
