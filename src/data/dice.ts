/**
 * Random numbers of one column, by row: each row's depend on nothing but the seed and its number. They are whole
 * 32-bit arithmetic, the same on every machine. The mixing is splitmix32's, with the constants of
 * https://github.com/skeeto/hash-prospector
 */
export class Dice {
  readonly #seed: number
  #state = 0

  /** @param seed 32 bits, see `seedOf`. */
  constructor(seed: number) {
    this.#seed = seed
  }

  /** Takes the dice of that row in hand: what they show next is the same each time. */
  at(row: number): this {
    const low = mix(this.#seed ^ row)
    this.#state = row < TWO_32 ? low : mix(low ^ Math.floor(row / TWO_32))
    return this
  }

  /** 32 random bits, as a number from 0 on. */
  bits(): number {
    this.#state = (this.#state + GOLDEN) | 0
    return mix(this.#state) >>> 0
  }

  /** A number from 0 up to 1, and never 1, with 53 random bits. */
  fraction(): number {
    return ((this.bits() >>> 5) * 67_108_864 + (this.bits() >>> 6)) / TWO_53
  }

  /** A whole number from 0 up to `count`, and never `count`, which is at most 2^53. */
  below(count: number): number {
    return count <= TWO_32 ? Math.floor((this.bits() / TWO_32) * count) : Math.floor(this.fraction() * count)
  }

  /** The same for any count. */
  belowBig(count: bigint): bigint {
    let random = 0n
    let bound = 1n
    // 64 bits more than the count has, so that no number is likelier than another by more than 2^-64.
    while (bound < count << 64n) {
      random = (random << 32n) | BigInt(this.bits())
      bound <<= 32n
    }
    return (random * count) / bound
  }
}

/** 32 bits for a part of the data, from what it is called. */
export function seedOf(...names: readonly (string | number)[]): number {
  let hash = 0
  for (const name of names) {
    for (const char of `${typeof name}:${name}/`) hash = mix(hash ^ (char.codePointAt(0) ?? 0))
  }
  return hash
}

const GOLDEN = 0x9e3779b9
const TWO_32 = 2 ** 32
const TWO_53 = 2 ** 53

/** Each 32 bits become other 32 bits, no two the same. */
function mix(bits: number): number {
  let mixed = bits | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
  return mixed ^ (mixed >>> 15)
}
