import { loadTestcontainers } from './testcontainers.ts'

/** Label that every container, and every network, of a run carries. */
export const RUN_LABEL = 'vitest-tidb.run'

/** Removes every container with a label, such as `vitest-tidb.run=…`, running or not, and then the networks with it. */
export async function removeContainers(label: string): Promise<void> {
  const { getContainerRuntimeClient } = await loadTestcontainers()
  const { dockerode } = (await getContainerRuntimeClient()).container
  const containers = await dockerode.listContainers({ all: true, filters: { label: [label] } })
  await Promise.all(containers.map(({ Id }) => dockerode.getContainer(Id).remove({ force: true, v: true })))
  const networks = await dockerode.listNetworks({ filters: { label: [label] } })
  await Promise.all(networks.map(({ Id }) => dockerode.getNetwork(Id).remove()))
}
