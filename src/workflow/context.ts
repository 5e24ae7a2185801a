import type { Config, ConfigSources } from '../config/config.ts'
import type { Address, TiDBConnection } from '../connection/connection.ts'
import { WorkflowError } from '../errors.ts'
import type { MachineControl, StateContext } from './state.ts'
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
export class HandlerContext implements StateContext, MachineControl {
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

  get session(): TiDBConnection {
    return this.#machine.connection ?? this.#missing('a connection', 'Connecting')
  }

  get isFresh(): boolean {
    return this.#parts.control.isFresh
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

  get reusesConnections(): boolean {
    return this.#parts.control.reusesConnections
  }

  takeConnection(address: Address): TiDBConnection | undefined {
    return this.#parts.control.takeConnection(address)
  }

  setConfig(config: Config): void {
    this.#parts.control.setConfig(config)
  }

  setConnection(connection: TiDBConnection): void {
    if (this.#visit.gaveUp) connection.destroy()
    else this.#parts.control.setConnection(connection)
  }

  #missing(what: string, state: string): never {
    throw new WorkflowError(`${this.#state} asked for ${what} before ${state}`, {
      hints: [`place it after ${state}: defineState({ name: '${this.#state}', after: '${state}', … })`],
    })
  }
}
