import { defineConfig } from 'vitest/config'
import { sourceAlias } from './source.alias.ts'

// Tests beside what they test, for what needs no server; and the types, by expectTypeOf.
export default defineConfig({
  resolve: { alias: sourceAlias },
  test: {
    include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'],
    // Sixty workers that each load vitest anew take longer than their tests.
    isolate: false,
    // Two cores that build and test at once may take a while.
    testTimeout: 30_000,
    typecheck: { enabled: true, include: ['src/**/*.test-d.ts'], checker: 'tsc' },
  },
})
