/** Least distance that is believed, of logarithms: so few runs may be alike by chance. */
const LEAST = 0.008

/** Explanations that are not clearly worse than the best: by so much of the logarithm of their likelihood. */
export const NEARLY_AS_GOOD = 3

/**
 * How badly runs are explained that are so far off, if they are spread as Laplace has it: the logarithm of how unlikely
 * they are, but for what is the same for all explanations.
 *
 * @param free how many of them are not used up by what was fitted to them.
 */
export function misfit(residuals: readonly number[], free: number): number {
  const distance = residuals.reduce((sum, each) => sum + Math.abs(each), 0) / free
  return residuals.length * Math.log(Math.max(distance, LEAST))
}
