import { envExample } from '../config/env-example.ts'

/** How a project installs its packages. */
export type PackageManager = 'npm' | 'pnpm' | 'yarn'

/** What each of them is called with. */
export const commands: Readonly<Record<PackageManager, { readonly add: string; readonly run: string }>> = {
  npm: { add: 'npm i -D', run: 'npx vitest run' },
  pnpm: { add: 'pnpm add -D', run: 'pnpm exec vitest run' },
  yarn: { add: 'yarn add -D', run: 'yarn vitest run' },
}

const CONFIG = `import { tidb } from 'vitest-tidb/plugin'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [tidb()],
})
`

const SPEC = `import { expect, test } from 'vitest-tidb'

test('a row is read back', async ({ tidb }) => {
  await tidb.query('create table item (id int primary key, name varchar(20))')
  await tidb.query('insert into item values (?, ?)', [1, 'tea'])
  expect(await tidb.query('select * from item')).toEqual([{ id: 1, name: 'tea' }])
})
`

const ENV = `# Settings of vitest-tidb. Copy this file to .env, which should not be committed, and set what you need.
# Every setting is optional. The environment wins over .env, and .env over the options of the plugin.`

/** What of a project decides how CI installs it. */
export interface Installing {
  readonly manager: PackageManager
  /** Whether package.json names it, with its version. Default true. */
  readonly named?: boolean
  /** Whether its lock file is that of Yarn 1. Default false. */
  readonly classic?: boolean
}

// Yarn 1 takes --immutable for nothing, and installs what it likes.
const setUp = ({ named = true, classic = false }: Installing): Readonly<Record<PackageManager, string>> => ({
  npm: `      - uses: actions/setup-node@v5
        with:
          node-version: 24
          cache: npm
      - run: npm ci`,
  pnpm: `      - uses: pnpm/action-setup@v4
        with:
          run_install: false${named ? '' : '\n          version: latest'}
      - uses: actions/setup-node@v5
        with:
          node-version: 24
          cache: pnpm
      - run: pnpm install --frozen-lockfile`,
  yarn: `      - run: corepack enable
      - uses: actions/setup-node@v5
        with:
          node-version: 24
          cache: yarn
      - run: yarn install ${classic ? '--frozen-lockfile' : '--immutable'}`,
})

function workflow(installing: Installing): string {
  const { manager } = installing
  return `name: TiDB

on: [push, pull_request]

permissions:
  contents: read

jobs:
  specs:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    steps:
      - uses: actions/checkout@v5
${setUp(installing)[manager]}
      # A tidb-server that was built once is kept here. With the package testcontainers, a container is started instead.
      - uses: actions/cache@v4
        with:
          path: ~/.cache/vitest-tidb
          key: vitest-tidb-\${{ runner.os }}
      - run: ${commands[manager].run}
        env:
          # A test that the server can't run fails, instead of being skipped.
          TIDB_STRICT: 'true'
`
}

/** The configuration of vitest, which is only written if a project has none: two would not add up. */
export const CONFIG_FILE = 'vitest.config.ts'

/** What a project begins with, by path. */
export function projectFiles(installing: Installing): Readonly<Record<string, string>> {
  return {
    [CONFIG_FILE]: CONFIG,
    'specs/tidb.spec.ts': SPEC,
    '.env.example': envExample(ENV),
    '.github/workflows/tidb.yml': workflow(installing),
  }
}
