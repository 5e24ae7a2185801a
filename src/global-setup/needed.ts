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

/** Whether a selected file names a fixture that is, or starts, a cluster: what they are made of is built before the tests, then. */
export async function takesCluster(specifications: readonly TestSpecification[] = []): Promise<boolean> {
  const files = new Set(specifications.map(({ moduleId }) => moduleId))
  const texts = await Promise.all([...files].map((file) => readFile(file, 'utf8').catch(() => '')))
  return texts.some((text) => /\bstartCluster\b|[{,]\s*cluster\s*[,}]/.test(text))
}

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
  const text = await readFile(file, 'utf8').catch(() => '')
  const specifiers = [...text.matchAll(IMPORTS)].map((match) => match[2] ?? '')
  if (specifiers.some((specifier) => OURS.test(specifier))) return true
  for (const specifier of specifiers) {
    if (isInstalled(specifier, project.config.root)) continue
    // Bare names that Vite knows no alias for are packages: those do not hold the user's fixtures.
    const resolved = await project.vite.environments.ssr.pluginContainer.resolveId(specifier, file)
    const path = resolved?.id.replace(/[?#].*$/, '')
    if (path === undefined || resolved?.external || !path.startsWith('/') || path.includes('/node_modules/')) continue
    if (!seen.has(path)) {
      seen.add(path)
      next.push(path)
    }
  }
  return false
}

/** Whether a specifier is plainly that of a package or of Node: Vite takes some ms to resolve its first. */
function isInstalled(specifier: string, root: string): boolean {
  if (isBuiltin(specifier)) return true
  const [name] = PACKAGE.exec(specifier) ?? []
  return name !== undefined && existsSync(join(root, 'node_modules', name))
}
