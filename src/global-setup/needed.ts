import { readFile } from 'node:fs/promises'
import type { TestProject } from 'vitest/node'

const IMPORTS = /\b(?:from|import)\s*\(?\s*(['"])([^'"\n]+)\1/g
const OURS = /^vitest-tidb(?:\/|$)/

/** Whether one of these files imports vitest-tidb, itself or through modules of the project's own. */
export async function importsVitestTidb(project: TestProject, files: readonly string[]): Promise<boolean> {
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
