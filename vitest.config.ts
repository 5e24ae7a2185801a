import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { sourceAlias } from './source.alias.ts'
import { tidb } from './source.plugin.ts'

// The assertion suite: `npx vitest run`. Settings come from .env and the environment, see .env.example.
export default defineConfig({
  plugins: [tidb()],
  resolve: { alias: sourceAlias },
  test: {
    include: ['specs/**/*.spec.ts'],
    globalSetup: ['./tidb.setup.ts'],
    // Much of a spec's time is waiting for a server or a process: a worker for each core, and what one has loaded is kept.
    maxWorkers: Math.max(2, availableParallelism()),
    isolate: false,
    // Some specs start servers of their own or run the command many times, on two cores that build and serve meanwhile.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Two cores that build, serve and test at once may take a while: a poll ends with its condition.
    expect: { poll: { timeout: 10_000 } },
    tags: [{ name: 'nightly', description: 'Long runs, such as import jobs, for a schedule', timeout: 3_600_000 }],
  },
})
