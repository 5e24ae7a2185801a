/** What to undo, last first: AsyncDisposableStack for Node 22, which has none. */
export class Undo implements AsyncDisposable {
  readonly #steps: (() => void | PromiseLike<void>)[] = []

  defer(step: () => void | PromiseLike<void>): void {
    this.#steps.push(step)
  }

  /** Undoes everything, each step whatever becomes of the others, and throws what the first failing one threw. */
  async run(): Promise<void> {
    const failures: unknown[] = []
    for (const step of this.#steps.splice(0).reverse()) {
      try {
        await step()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.run()
  }
}
