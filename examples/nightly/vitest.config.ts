import { defineConfig } from 'vitest/config'
import { tidb } from 'vitest-tidb/plugin'

// What a night needs beside the address of the server. A variable of the environment, or of .env, wins over each.
export default defineConfig({
  plugins: [
    tidb({
      importMonitorSeconds: 7_200,
      importPollIntervalMs: 5_000,
      importHistoryDir: 'import-history',
      importReportDir: 'import-report',
    }),
  ],
  test: {
    include: ['specs/**/*.spec.ts'],
    tags: [{ name: 'nightly', description: 'Import jobs, for a schedule: vitest run --tags-filter nightly' }],
  },
})
