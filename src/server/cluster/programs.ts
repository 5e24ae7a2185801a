import type { Config } from '../../config/config.ts'
import { presentBinary } from '../binary.ts'
import { buildBinary, buildProgram, builtProgram } from '../build.ts'
import { pdRecipe, storageRecipe, type Recipe } from '../recipe.ts'
import type { StartOptions } from '../server.ts'

/** What a cluster is made of: paths of programs. */
export interface ClusterPrograms {
  readonly pd: string
  readonly storage: string
  /** tidb-server of each release. */
  readonly tidb: ReadonlyMap<string, string>
}

/** The programs of a cluster, built with Go if they are not there yet. @throws {ServerError} if one can't be built. */
export async function clusterPrograms(
  config: Config,
  releases: readonly string[],
  options: StartOptions,
): Promise<ClusterPrograms> {
  const tidb = new Map<string, string>()
  for (const version of new Set(releases)) {
    const wanted = { ...config, version }
    const found = await presentBinary(wanted, options.onProgress)
    tidb.set(version, found?.path ?? (await buildBinary(wanted, options)))
  }
  const pd = await buildProgram(pdRecipe(), config, options)
  const storage = await buildProgram(storageRecipe(), config, options)
  return { pd, storage, tidb }
}

/** Which programs of a cluster would have to be built first, such as `pd-server v8.5.6`. */
export async function missingPrograms(config: Config, releases: readonly string[]): Promise<string[]> {
  const missing: string[] = []
  for (const version of new Set(releases)) {
    if ((await presentBinary({ ...config, version })) === undefined) missing.push(`tidb-server ${version}`)
  }
  for (const recipe of [pdRecipe(), storageRecipe()]) {
    if ((await builtProgram(recipe, config)) === undefined) missing.push(nameOf(recipe))
  }
  return missing
}

function nameOf({ name, release }: Recipe): string {
  return `${name} ${release}`
}
