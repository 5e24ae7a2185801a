import type { Config } from '../../config/config.ts'
import type { StartOptions } from '../server.ts'

/** What a cluster is made of: programs of this machine, or containers. */
export type ClusterProvider = Config['clusterProvider']

/** Builds, or pulls, what a cluster of these releases is made of. @throws {ServerError} if that is not possible. */
export async function prepareCluster(
  config: Config,
  releases: readonly string[],
  start: StartOptions,
  provider: ClusterProvider = config.clusterProvider,
): Promise<void> {
  if (provider === 'container') {
    const { clusterImages, haveImages } = await import('./images.ts')
    return haveImages(config, Object.values(clusterImages(config, releases)).flat(), start)
  }
  const { clusterPrograms } = await import('./programs.ts')
  await clusterPrograms(config, releases, start)
}

/** What would take minutes before such a cluster can start, in words; undefined if nothing would. */
export async function whyNotAtOnce(
  config: Config,
  releases: readonly string[],
  provider: ClusterProvider = config.clusterProvider,
): Promise<string | undefined> {
  if (provider === 'container') {
    const { whyNoDocker } = await import('../docker.ts')
    const why = await whyNoDocker()
    if (why !== undefined) return why
    const { clusterImages } = await import('./images.ts')
    const { missingImages } = await import('../image.ts')
    const missing = await missingImages(Object.values(clusterImages(config, releases)).flat())
    return missing.length === 0 ? undefined : `the Docker engine does not have ${missing.join(', ')} yet`
  }
  const { missingPrograms } = await import('./programs.ts')
  const missing = await missingPrograms(config, releases)
  if (missing.length === 0) return undefined
  return `${missing.join(', ')} is not built yet: a run with TIDB_PROVIDER=cluster does`
}
