import { defineConfig } from 'vitest/config'
import { builtAlias } from './source.alias.ts'
import { tidb } from './source.plugin.ts'

// `npm run bench`: the package as it is shipped. From source, each use of an import goes through a getter of vitest's.
export default defineConfig({
  plugins: [tidb()],
  resolve: { alias: builtAlias },
  test: {
    benchmark: { include: ['bench/**/*.bench.ts'] },
    server: { deps: { external: [/\/dist\//] } },
  },
})
