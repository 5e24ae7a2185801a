import { compare } from 'semver'
import type { Config } from '../../config/config.ts'
import { haveImage } from '../image.ts'
import { DEFAULT_RELEASE } from '../releases.ts'
import type { StartOptions } from '../server.ts'

/** Names of images. */
export interface ClusterImages {
  readonly pd: string
  readonly storage: string
  /** Of the nodes, in their order. */
  readonly nodes: readonly string[]
}

/** The images of a cluster whose nodes are of these releases: PD and TiKV are of the newest, which older nodes work with. */
export function clusterImages(config: Config, releases: readonly string[]): ClusterImages {
  const newest = releases.toSorted(compare).at(-1) ?? DEFAULT_RELEASE
  return {
    pd: `pingcap/pd:${newest}`,
    storage: `pingcap/tikv:${newest}`,
    nodes: releases.map((release) => nodeImage(config, release)),
  }
}

/** The image of a node: TIDB_IMAGE if it is of the release that is tested. */
export function nodeImage({ image, version = DEFAULT_RELEASE }: Config, release: string): string {
  return release === version && image !== undefined ? image : `pingcap/tidb:${release}`
}

/** Sees to it that the engine has them all. @throws {ServerError} if one can't be pulled; {DeadlineError} */
export async function haveImages(
  { pullTimeoutMs }: Config,
  images: readonly string[],
  { signal, onProgress }: StartOptions,
): Promise<void> {
  for (const image of new Set(images)) {
    await haveImage(image, pullTimeoutMs, signal, onProgress ?? (() => undefined))
  }
}
