import type { Address } from '../connection/connection.ts'
import type {
  BarrierOptions,
  Coordinator,
  Listener,
  Message,
  Passage,
  SignalOptions,
  TurnOptions,
  WaitOptions,
} from '../coordination/coordinator.ts'
import { GroupBarriers } from './barriers.ts'
import { join } from './join.ts'
import type { Membership } from './membership.ts'
import { GroupMessages } from './messages.ts'
import type { GroupOptions } from './options.ts'
import { GroupSignals } from './signals.ts'
import { GroupTurns } from './turns.ts'

/** Wraps each wait, so that one that nobody awaits can be reported. */
export type WatchWait = <T>(label: string, work: Promise<T>) => Promise<T>

/**
 * A party of a group that meets in the server itself: its parties may be tests in other workers, in other runs of vitest
 * and on other machines. The group is there from the first party that joins to the last that leaves, in a database of
 * its own. A party that is killed is noticed by its connection, one whose machine stands still by its lease.
 *
 * @example
 * await using shard = await TiDBCoordinator.join(address, { group: 'run 4711', name: 'shard 1', parties: 2 })
 * await shard.ready({ within: '1m' })
 */
export class TiDBCoordinator implements Coordinator, AsyncDisposable {
  readonly #membership: Membership
  readonly #barriers: GroupBarriers
  readonly #signals: GroupSignals
  readonly #turns: GroupTurns
  readonly #messages: GroupMessages
  readonly #watchWait: WatchWait

  private constructor(membership: Membership, watchWait: WatchWait) {
    this.#membership = membership
    this.#watchWait = watchWait
    this.#barriers = new GroupBarriers(membership)
    this.#signals = new GroupSignals(membership)
    this.#turns = new GroupTurns(membership)
    this.#messages = new GroupMessages(membership)
  }

  /**
   * Joins a group, or begins it. The user of the address needs CREATE and DROP, and all rights on what it created.
   *
   * @throws {CoordinationError} if a party of that name is in it, it has no place for one more, others have other
   * `parties`, or the server can't be reached or refuses. {ConfigError} if an option holds what is not allowed.
   */
  static async join(
    address: Address,
    options: GroupOptions,
    watchWait: WatchWait = (_, work) => work,
  ): Promise<TiDBCoordinator> {
    return new TiDBCoordinator(await join(address, options), watchWait)
  }

  get name(): string {
    return this.#membership.name
  }

  barrier(name: string, options?: BarrierOptions): Promise<Passage> {
    return this.#watch(`barrier(${JSON.stringify(name)})`, this.#barriers.arrive(name, options))
  }

  ready(options?: WaitOptions): Promise<Passage> {
    return this.barrier('ready', options)
  }

  signal(name: string, value?: unknown): Promise<void> {
    return this.#watch(`signal(${JSON.stringify(name)})`, this.#signals.give(name, value))
  }

  waitFor<Value = unknown>(name: string, options?: SignalOptions): Promise<Value> {
    const wait = this.#signals.waitFor(name, options) as Promise<Value>
    return this.#watch(`waitFor(${JSON.stringify(name)})`, wait)
  }

  turn<T>(name: string, work: () => Promise<T> | T, options?: TurnOptions): Promise<T> {
    return this.#watch(`turn(${JSON.stringify(name)})`, this.#turns.take(name, work, options))
  }

  send(to: string, body: unknown): Promise<void> {
    return this.#watch(`send(${JSON.stringify(to)}, …)`, this.#messages.send(to, body))
  }

  broadcast(body: unknown): Promise<void> {
    return this.#watch('broadcast(…)', this.#messages.broadcast(body))
  }

  receive<Body = unknown>(options?: WaitOptions): Promise<Message<Body>> {
    return this.#watch('receive()', this.#messages.receive(options) as Promise<Message<Body>>)
  }

  listen<Body = unknown>(listener: Listener<Body>): () => void {
    return this.#messages.listen(listener as Listener)
  }

  /**
   * Ends this party by an error: its waits throw that, now and later, and whoever waits for it in vain is released with
   * the first line of it.
   */
  fail(error: unknown): Promise<void> {
    return this.#membership.fail(error)
  }

  /** Ends this party, and the group if it is the last. Waits under way are given up. */
  leave(): Promise<void> {
    return this.#membership.leave()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.leave()
  }

  #watch<T>(label: string, work: Promise<T>): Promise<T> {
    return this.#watchWait(`${this.name}.${label}`, work)
  }
}
