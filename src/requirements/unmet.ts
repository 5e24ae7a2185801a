import type * as Semver from 'semver'
import { ConfigError, RequirementError } from '../errors.ts'
import { lazyPackage } from '../lazy-package.ts'
import { nearest } from '../nearest.ts'
import type { ProvidedTiDB } from '../provided.ts'
import { heldBy, type Abilities, type Answer } from './abilities.ts'
import { listOf, type Requirements } from './requirements.ts'

const semver = lazyPackage<typeof Semver>('semver')

/** What the run knows of its server without a question. */
type Known = Pick<ProvidedTiDB, 'host' | 'port' | 'release' | 'store' | 'ours' | 'user'>

/** Whether the server has to be asked. */
export function needsAbilities({ nodes, tiflash, privilege }: Requirements): boolean {
  return nodes !== undefined || tiflash !== undefined || privilege !== undefined
}

/**
 * Why a server does not have what a test needs, a few words for each thing that is missing; empty if it has all.
 *
 * @throws {RequirementError} if that can't be known; {ConfigError} if it knows no such privilege.
 */
export function unmet(needs: Requirements, server: Known, abilities: Abilities | undefined): string[] {
  const { version, storage, nodes, tiflash, privilege, ingest, ours } = needs
  const missing: string[] = []
  const demand = (holds: boolean, why: string) => {
    if (!holds) missing.push(why)
  }
  if (version !== undefined) {
    demand(isOf(version, server.release), `TiDB ${version}, and this server is ${server.release}`)
  }
  if (storage !== undefined) {
    demand(server.store === storage, `a server on ${storage}, and this one is on ${server.store}`)
  }
  if (ingest !== undefined) {
    const can = server.store === 'tikv'
    const wanted = ingest ? 'a TiKV to ingest into' : 'a server that can not ingest'
    demand(can === ingest, `${wanted}, and this one is on ${server.store}`)
  }
  if (ours !== undefined) {
    demand(
      server.ours === ours,
      ours ? 'a server that the run started, and this one is not ours' : 'a server that the run did not start',
    )
  }
  if (nodes !== undefined) {
    const there = partsOf('nodes', abilities).filter((type) => type === 'tidb').length
    demand(there >= nodes, `${nodes} tidb-servers, and this cluster has ${there}`)
  }
  if (tiflash !== undefined) {
    const there = partsOf('tiflash', abilities).includes('tiflash')
    demand(there === tiflash, tiflash ? 'a TiFlash, and this cluster has none' : 'a cluster without a TiFlash')
  }
  if (privilege !== undefined) {
    const lacking = lackingOf(listOf(privilege) as readonly string[], abilities)
    demand(lacking.length === 0, `${lacking.join(' and ')} on *.*, which ${server.user} does not have`)
  }
  return missing
}

function isOf(range: string, release: string): boolean {
  const version = semver().parse(release)
  if (version === null) {
    throw new RequirementError(
      `whether the server is of ${range} can't be known: it reports ${release}, which is not a version`,
    )
  }
  return semver().satisfies(version, range, { includePrerelease: true })
}

function partsOf(what: string, abilities: Abilities | undefined): readonly string[] {
  return known(what, abilities?.parts)
}

function lackingOf(wanted: readonly string[], abilities: Abilities | undefined): string[] {
  const privileges = known('privilege', abilities?.privileges)
  const held = heldBy(privileges)
  const names = new Map(privileges.known.map((name) => [name.toUpperCase(), name === name.toUpperCase()]))
  return wanted
    .map((name) => name.trim().toUpperCase())
    .filter((name) => {
      const dynamic = names.get(name)
      if (dynamic !== undefined) return !held.has(name, dynamic)
      const meant = nearest(name, [...names.keys()])
      throw new ConfigError(['privilege'], `requires(…).privilege: this server knows no privilege ${name}`, {
        hints: [meant === undefined ? 'see SHOW PRIVILEGES' : `did you mean ${meant}?`],
      })
    })
}

function known<T>(what: string, answer: Answer<T> | undefined): T {
  if (answer !== undefined && 'is' in answer) return answer.is
  throw new RequirementError(
    `whether the server has what requires({ ${what} }) asks for can't be known: ${answer?.unknown ?? 'it was not asked'}`,
    { hints: ['grant the user PROCESS, or leave this requirement out'] },
  )
}
