import { WorkflowError } from '../errors.ts'
import type { State } from './state.ts'

/** Result of each state, by its name. */
export type Results = Record<string, unknown>

type With<R extends Results, Name extends string, Result> = { [K in keyof R | Name]: K extends Name ? Result : R[K] }

/** A state of any result: what lists of states hold. */
// biome-ignore lint: a list of states forgets what each returns; Workflow's own type parameter remembers it.
export type AnyState = State<string, never, never>

/** An ordered list of states. Immutable: each method returns another workflow. */
export class Workflow<R extends Results = Results> {
  readonly states: readonly AnyState[]
  /** For inference only: the result of each state. */
  declare readonly results: R

  /** @throws {WorkflowError} if a name stands twice or a state comes before one that it needs. */
  constructor(states: readonly AnyState[]) {
    const seen = new Set<string>()
    for (const { name, needs = [] } of states) {
      if (seen.has(name)) throw new WorkflowError(`the workflow has two states called ${name}`)
      for (const needed of needs) {
        if (!seen.has(needed)) {
          throw new WorkflowError(`${name} needs ${needed}, which does not come before it in this workflow`, {
            hints: [`the workflow is ${states.map((state) => state.name).join(', ')}`],
          })
        }
      }
      seen.add(name)
    }
    this.states = states
  }

  /** Names of the states, in order. */
  get names(): (keyof R & string)[] {
    return this.states.map(({ name }) => name)
  }

  /**
   * This workflow with one more state, after the one that it names, else before Completed.
   *
   * @throws {WorkflowError} if `after` names no state of this workflow.
   */
  with<Name extends string, Result, Local>(state: State<Name, Result, Local>): Workflow<With<R, Name, Result>> {
    const at = state.after === undefined ? this.#end() : this.#indexOf(state.after) + 1
    return new Workflow([...this.states.slice(0, at), state as unknown as AnyState, ...this.states.slice(at)])
  }

  /**
   * This workflow with another handler for one of its states. The name stays, so the step does too.
   *
   * @throws {WorkflowError} if there is no such state.
   */
  replace<Name extends keyof R & string, Result, Local>(
    name: Name,
    handler: Omit<State<Name, Result, Local>, 'name' | 'after'>,
  ): Workflow<With<R, Name, Result>> {
    const at = this.#indexOf(name)
    return new Workflow(this.states.with(at, { ...handler, name } as unknown as AnyState))
  }

  /** This workflow without some of its states. @throws {WorkflowError} if another state needs one of them. */
  without<Name extends keyof R & string>(...names: Name[]): Workflow<Omit<R, Name>> {
    for (const name of names) this.#indexOf(name)
    return new Workflow(this.states.filter(({ name }) => !(names as string[]).includes(name)))
  }

  /** This workflow cut short after one state. Completed stays. */
  upTo<Name extends keyof R & string>(name: Name): Workflow<R> {
    const kept = this.states.slice(0, this.#indexOf(name) + 1)
    const completed = this.states.at(-1)
    return new Workflow(completed?.name === 'Completed' && name !== 'Completed' ? [...kept, completed] : kept)
  }

  #end(): number {
    return this.states.at(-1)?.name === 'Completed' ? this.states.length - 1 : this.states.length
  }

  #indexOf(name: string): number {
    const at = this.states.findIndex((state) => state.name === name)
    if (at === -1) {
      throw new WorkflowError(`the workflow has no state ${JSON.stringify(name)}`, {
        hints: [`its states are ${this.names.join(', ')}`],
      })
    }
    return at
  }
}
