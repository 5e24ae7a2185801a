import type { Config, ConfigSources } from '../config/config.ts'
import type { TiDBConnection } from '../connection/connection.ts'
import { WorkflowError } from '../errors.ts'
import type { MachineControl } from './machine-control.ts'
import type { StateContext } from './state.ts'
import type { Visit } from './visit.ts'

interface ContextParts {
  readonly sources: ConfigSources
  readonly local: unknown
  readonly results: ReadonlyMap<string, unknown>
  readonly control: MachineControl
  readonly onProgress: ((state: string, line: string) => void) | undefined
}

/** What a handler may read of the machine that runs it. */
interface MachineView {
  readonly name: string
  readonly config: Config | undefined
  readonly connection: TiDBConnection | undefined
}

/** What a handler works with, during one visit to its state. */
export class HandlerContext implements StateContext {
  readonly name: string
  readonly sources: ConfigSources
  readonly local: unknown
  readonly #machine: MachineView
  readonly #state: string
  readonly #visit: Visit
  readonly #parts: ContextParts

  constructor(machine: MachineView, state: string, visit: Visit, parts: ContextParts) {
    this.name = machine.name
    this.sources = parts.sources
    this.local = parts.local
    this.#machine = machine
    this.#state = state
    this.#visit = visit
    this.#parts = parts
  }

  get config(): Config {
    return this.#machine.config ?? this.#missing('a configuration', 'ParsingConfig')
  }

  get connection(): TiDBConnection {
    return this.#machine.connection ?? this.#missing('a connection', 'Connecting')
  }

  get signal(): AbortSignal {
    return this.#visit.signal
  }

  get attempt(): number {
    return this.#visit.attempt
  }

  // Fields, not methods: handlers take the context apart.
  readonly found = <Result>(state: string): Result => {
    if (!this.#parts.results.has(state)) this.#missing(`what ${state} found`, state)
    return this.#parts.results.get(state) as Result
  }

  readonly progress = (line: string): void => {
    this.#parts.onProgress?.(this.#state, line)
  }

  /** What only the states that parse the configuration and connect are given: a handler of a user's reads, and writes nothing. */
  static controlOf(context: StateContext): MachineControl {
    if (!(#visit in context)) throw new TypeError('the context of a handler is made by its machine')
    const { control } = context.#parts
    const visit = context.#visit
    return {
      get isFresh() {
        return control.isFresh
      },
      reusesConnections: control.reusesConnections,
      takeConnection: (address) => control.takeConnection(address),
      setConfig: (config) => control.setConfig(config),
      setConnection(connection) {
        if (visit.gaveUp) connection.destroy()
        else control.setConnection(connection)
      },
    }
  }

  #missing(what: string, state: string): never {
    throw new WorkflowError(`${this.#state} asked for ${what} before ${state}`, {
      hints: [`place it after ${state}: defineState({ name: '${this.#state}', after: '${state}', … })`],
    })
  }
}
