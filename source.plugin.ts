import type * as Plugin from './src/plugin.ts'

// Node 22 knows no `using`, and Vite leaves it as it is in what a configuration imports: there, the plugin is what
// `npm run build` made. By a path of its own, as Vite would put the source into the configuration.
const path = 'AsyncDisposableStack' in globalThis ? './src/plugin.ts' : './dist/plugin.js'

/** The plugin of this repository, for its own configurations. */
export const { tidb } = (await import(new URL(path, import.meta.url).href)) as typeof Plugin
