import { loadConfig, type Config } from '../../config/config.ts'
import { ConfigError } from '../../errors.ts'
import { hostPort } from '../../host-port.ts'
import { HandlerContext } from '../context.ts'
import { defineState } from '../define-state.ts'

export interface ParsingConfigResult {
  /** The validated configuration; its password prints as `***`. */
  readonly config: Config
  /** Unknown TIDB_ variables, one line each. */
  readonly warnings: readonly string[]
}

/** ParsingConfig: the layers of the configuration are merged and validated, and say which server to test. */
export const parsingConfig = defineState({
  name: 'ParsingConfig',
  needs: ['Initial'],
  retry: 'never',
  finding: ({ config }: ParsingConfigResult) =>
    `${config.user}@${hostPort(config.host ?? '', config.port)}${config.tls ? ' over TLS' : ''}`,
  run(context): ParsingConfigResult {
    const { config, warnings } = loadConfig(context.sources)
    if (config.host === undefined) {
      throw new ConfigError(['TIDB_HOST'], 'no host is configured, and this session starts no server', {
        hints: ['set TIDB_HOST or TIDB_URL, or run under the vitest plugin, which starts one'],
      })
    }
    HandlerContext.controlOf(context).setConfig(config)
    return { config, warnings }
  },
})
