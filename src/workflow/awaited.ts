/** A promise that knows whether anybody awaited it. */
export class Awaited<T> extends Promise<T> {
  /** What it stands for, such as `tidb.gettingVersion()`. */
  label = ''
  #awaited = false
  #settled = false
  #onDone: (() => void) | undefined

  /** Whether `then`, `catch`, `finally` or `await` was used on it. */
  get awaited(): boolean {
    return this.#awaited
  }

  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  /** Wraps work; `label` is how reports call it, `onDone` is told once it was both awaited and settled. */
  static of<T>(label: string, work: Promise<T>, onDone: (step: Awaited<T>) => void): Awaited<T> {
    let settle: { resolve: (value: T) => void; reject: (error: unknown) => void } | undefined
    const promise = new Awaited<T>((resolve, reject) => {
      settle = { resolve, reject }
    })
    promise.label = label
    promise.#onDone = () => onDone(promise)
    const note = () => {
      promise.#settled = true
      if (promise.#awaited) onDone(promise)
    }
    work.then(
      (value) => {
        settle?.resolve(value)
        note()
      },
      (error: unknown) => {
        // Not an await: it keeps a failure that nobody awaits from ending the worker; the test fails by name instead.
        void super.prototype.then.call(promise, undefined, () => undefined)
        settle?.reject(error)
        note()
      },
    )
    return promise
  }

  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    if (!this.#awaited) {
      this.#awaited = true
      if (this.#settled) this.#onDone?.()
    }
    return super.then(onFulfilled, onRejected)
  }
}
