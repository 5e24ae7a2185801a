/**
 * Chance that Student's t with that many degrees of freedom (a whole number) exceeds `t`: by the finite series of
 * Abramowitz & Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
 *
 * @example chanceAbove(1.812, 10) // 0.05
 */
export function chanceAbove(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees))
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)]
  const isOdd = degrees % 2 === 1
  let term = isOdd ? cosine : 1
  let sum = degrees === 1 ? 0 : term
  for (let k = isOdd ? 3 : 2; k <= degrees - 2; k += 2) {
    term *= ((k - 1) / k) * cosine ** 2
    sum += term
  }
  const between = isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum
  return (1 - between) / 2
}
