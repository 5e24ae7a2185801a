import { lacksPlace, place, siteAbove, withAwaitSite } from '../call-site.ts'

/** A promise that knows whether anybody awaited it, and whose failure says where. */
export class TrackedPromise<T> extends Promise<T> {
  readonly #label: string | (() => string)
  readonly #onDone: () => void
  /** Whose it is: the test that has to await it. */
  readonly owner: object | undefined
  #awaited = false
  #settled = false
  #failure: unknown

  private constructor(
    executor: ConstructorParameters<typeof Promise<T>>[0],
    label: string | (() => string),
    onDone: () => void,
    owner: object | undefined,
  ) {
    super(executor)
    this.owner = owner
    this.#label = label
    this.#onDone = onDone
  }

  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  /** Tracks work; `label` is how reports call it, `onDone` is called once it was both awaited and settled. */
  static of<T>(
    label: string | (() => string),
    work: Promise<T>,
    onDone: () => void,
    owner?: object,
  ): TrackedPromise<T> {
    let resolve: (value: T) => void = nothing
    let reject: (error: unknown) => void = nothing
    const step = new TrackedPromise<T>(
      (onValue, onError) => {
        resolve = onValue
        reject = onError
      },
      label,
      onDone,
      owner,
    )
    // The promise's own functions, and nothing else: V8 follows these from a failure to the line that awaits it.
    follow(work, step).then(resolve, reject)
    return step
  }

  /** What it stands for, such as `tidb.gettingVersion()`. */
  get label(): string {
    return typeof this.#label === 'string' ? this.#label : this.#label()
  }

  /** Whether `then`, `catch`, `finally` or `await` was used on it. */
  get awaited(): boolean {
    return this.#awaited
  }

  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    if (!this.#awaited) {
      this.#awaited = true
      if (this.#settled) this.#onDone()
    }
    // It failed before anybody awaited it: the line to show is the one that does so now.
    if (lacksPlace(this.#failure)) return withAwaitSite(super.then(undefined)).then(onFulfilled, onRejected)
    return super.then(onFulfilled, onRejected)
  }

  /** Notes that the work is over. @param failure what it failed with, if it did. */
  settle(failure?: unknown): void {
    this.#failure = failure
    this.#settled = true
    // Not an await: it keeps a failure that nobody awaits from ending the worker; the test fails by name instead.
    if (failure !== undefined) void super.then(undefined, nothing)
    if (this.#awaited) this.#onDone()
  }
}

async function follow<T>(work: Promise<T>, step: TrackedPromise<T>): Promise<T> {
  try {
    const value = await work
    step.settle()
    return value
  } catch (error) {
    place(error, siteAbove(follow))
    step.settle(error)
    throw error
  }
}

function nothing(): void {}
