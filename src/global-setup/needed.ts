import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import type { TestProject, TestSpecification } from 'vitest/node'
import { registrationOf } from './registry.ts'

const IMPORTS = /\b(?:from|import)\s*\(?\s*(['"])([^'"\n]+)\1/g
const OURS = /^vitest-tidb(?:\/|$)/
const PACKAGE = /^(?:@[^/]+\/)?[^./@][^/]*/

/** Whether a project needs a TiDB for the files that were selected, as far as its plugin can tell. */
export async function isNeeded(
  project: TestProject,
  specifications: readonly TestSpecification[] | undefined = registrationOf(project.vitest).specifications,
): Promise<boolean> {
  const own = registrationOf(project.vitest).options.get(project)
  // Listed by hand, without the plugin: whoever did that wants a server.
  if (own === undefined) return project.isRootProject()
  if (own.start === 'always' || specifications === undefined) return true
  const files = specifications.filter((spec) => spec.project === project).map((spec) => spec.moduleId)
  if (files.length === 0) return false
  return importsVitestTidb(project, [...files, ...project.config.setupFiles])
}

/** Fixtures that need programs of their own, which are built before the tests. */
export interface Taken {
  readonly cluster: boolean
  readonly faults: boolean
}

/**
 * Whether a selected file, or a module of the project that it imports, names a fixture that is, or starts, a cluster, or one
 * that breaks networks.
 */
export async function fixturesTaken(specifications: readonly TestSpecification[] = []): Promise<Taken> {
  const found = await Promise.all(
    specifications.map(async ({ project, moduleId }) => {
      const text = await textOf(moduleId)
      const imported = await Promise.all((await ownImports(project, moduleId, text)).map(textOf))
      const texts = [text, ...imported]
      return texts.some(importsOurs) ? texts : []
    }),
  )
  const texts = found.flat()
  const isTaken = (pattern: RegExp) => texts.some((text) => pattern.test(text))
  return { cluster: isTaken(CLUSTER), faults: isTaken(FAULTS) }
}

/** The fixtures `startCluster`, and `cluster` where it is taken out of the context of a test. */
const CLUSTER = /\bstartCluster\b|[{,]\s*cluster\s*[,}]/

/** The fixture `faults`, where it is taken out of the context of a test. */
const FAULTS = /[{,]\s*faults\s*[,}]/

/** Whether one of these files imports vitest-tidb, itself or through modules of the project's own. */
async function importsVitestTidb(project: TestProject, files: readonly string[]): Promise<boolean> {
  const seen = new Set(files)
  let frontier = [...seen]
  while (frontier.length > 0) {
    const next: string[] = []
    const found = await Promise.all(frontier.map((file) => scan(project, file, seen, next)))
    if (found.includes(true)) return true
    frontier = next
  }
  return false
}

async function scan(project: TestProject, file: string, seen: Set<string>, next: string[]): Promise<boolean> {
  const text = await textOf(file)
  if (importsOurs(text)) return true
  for (const path of await ownImports(project, file, text)) {
    if (seen.has(path)) continue
    seen.add(path)
    next.push(path)
  }
  return false
}

function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '')
}

function specifiersOf(text: string): string[] {
  return [...text.matchAll(IMPORTS)].map((match) => match[2] ?? '')
}

function importsOurs(text: string): boolean {
  return specifiersOf(text).some((specifier) => OURS.test(specifier))
}

/** The modules of the project's own that a file imports. */
async function ownImports(project: TestProject, file: string, text: string): Promise<string[]> {
  const own: string[] = []
  for (const specifier of specifiersOf(text)) {
    if (OURS.test(specifier) || isInstalled(specifier, project.config.root)) continue
    // Bare names that Vite knows no alias for are packages: those do not hold the user's fixtures.
    const resolved = await project.vite.environments.ssr.pluginContainer.resolveId(specifier, file)
    const path = resolved?.id.replace(/[?#].*$/, '')
    if (path === undefined || resolved?.external || !path.startsWith('/') || path.includes('/node_modules/')) continue
    own.push(path)
  }
  return own
}

/** Whether a specifier is plainly that of a package or of Node: Vite takes some ms to resolve its first. */
function isInstalled(specifier: string, root: string): boolean {
  if (isBuiltin(specifier)) return true
  const [name] = PACKAGE.exec(specifier) ?? []
  return name !== undefined && existsSync(join(root, 'node_modules', name))
}
