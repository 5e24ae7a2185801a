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

const ENV = `# Settings of vitest-tidb. Copy this file to .env, which is not to be committed, and set what you need.
# Every setting is optional. The environment wins over .env, and .env over the options of the plugin.`

const SETUP: Readonly<Record<PackageManager, string>> = {
  npm: `      - uses: actions/setup-node@v5
        with:
          node-version: 24
          cache: npm
      - run: npm ci`,
  pnpm: `      - uses: pnpm/action-setup@v4
        with:
          run_install: false
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
      - run: yarn install --immutable`,
}

function workflow(manager: PackageManager): string {
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
${SETUP[manager]}
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
export function projectFiles(manager: PackageManager): Readonly<Record<string, string>> {
  return {
    [CONFIG_FILE]: CONFIG,
    'specs/tidb.spec.ts': SPEC,
    '.env.example': envExample(ENV),
    '.github/workflows/tidb.yml': workflow(manager),
  }
}
