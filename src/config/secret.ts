import { inspect } from 'node:util'

const MASK = '***'

/**
 * A password that prints as `***` wherever it is written: console.log, JSON, util.inspect, template strings,
 * errors. Only `reveal()` gives it back.
 *
 * @example
 * const password = new Secret('hunter2')
 * `${password}`          // '***'
 * JSON.stringify({ password }) // '{"password":"***"}'
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The password itself: for the driver, and for nothing that prints. */
  reveal(): string {
    return this.#value
  }

  get isEmpty(): boolean {
    return this.#value === ''
  }

  toString(): string {
    return MASK
  }

  toJSON(): string {
    return MASK
  }

  [Symbol.toPrimitive](): string {
    return MASK
  }

  [inspect.custom](): string {
    return MASK
  }
}
