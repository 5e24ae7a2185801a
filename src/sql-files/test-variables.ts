/** Variables of a file: set by `let`, and put in place of their names. */
export class TestVariables {
  readonly #values = new Map<string, string>()

  set(name: string, value: string): void {
    this.#values.set(name, value)
  }

  /** @throws {RangeError} if it holds no whole number. */
  add(name: string, by: number): void {
    const value = Number(this.#values.get(name) ?? Number.NaN)
    if (!Number.isInteger(value)) throw new RangeError(`$${name} holds no whole number`)
    this.#values.set(name, String(value + by))
  }

  /** As `echo` of mysql-tester: a name that nothing but a blank or the end follows is a variable, and the blank goes with it. */
  echoed(text: string): string {
    return text.replace(/\$([A-Za-z0-9_]+)(?: |$)/g, (_, name: string) => this.#values.get(name) ?? '')
  }

  /** With every variable that has a value. */
  expanded(text: string): string {
    return text.replace(/\$([A-Za-z0-9_]+)/g, (whole, name: string) => this.#values.get(name) ?? whole)
  }
}
