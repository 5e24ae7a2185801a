const UNITS_MS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
  µs: 1e-3,
  us: 1e-3,
  ns: 1e-6,
}
const WHOLE = /^(?:[\d.]+(?:h|ms|m|s|µs|us|ns))+$/

/** A length of time as Go writes it, such as `2h5m3.5s`, in ms; undefined if it is none. */
export function goDurationMs(text: string | null): number | undefined {
  if (text === null || !WHOLE.test(text)) return undefined
  return [...text.matchAll(/([\d.]+)(h|ms|m|s|µs|us|ns)/g)].reduce(
    (sum, [, number, unit = '']) => sum + Number(number) * (UNITS_MS[unit] ?? 0),
    0,
  )
}
