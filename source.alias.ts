import { fileURLToPath } from 'node:url'

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url))

/** Lets the repository import itself by its package name, from source, with no build before. */
export const sourceAlias = [
  { find: /^vitest-tidb$/, replacement: source('index.ts') },
  { find: /^vitest-tidb\/plugin$/, replacement: source('plugin.ts') },
  { find: /^vitest-tidb\/setup$/, replacement: source('setup.ts') },
  { find: /^vitest-tidb\/container$/, replacement: source('server/tidb-container.ts') },
  { find: /^vitest-tidb\/checks$/, replacement: source('checks/index.ts') },
  { find: /^vitest-tidb\/data$/, replacement: source('data/index.ts') },
  { find: /^vitest-tidb\/matchers$/, replacement: source('matchers/index.ts') },
  { find: /^vitest-tidb\/reporter$/, replacement: source('report/reporter.ts') },
]
