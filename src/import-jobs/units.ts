const FACTORS: Readonly<Record<string, number>> = Object.fromEntries(
  ['', 'K', 'M', 'G', 'T', 'P', 'E'].flatMap((prefix, power) => [
    [`${prefix}B`, 1_000 ** power],
    [`${prefix}IB`, 1_024 ** power],
  ]),
)

/**
 * A size as TiDB prints it, such as `1.15GiB` or `298GB`, in bytes. TiDB prints four digits, so this is right to
 * about 0.05%. GiB counts by 1,024 and GB by 1,000, as in the Go library that prints them:
 * https://pkg.go.dev/github.com/docker/go-units
 *
 * @returns undefined if the text is no size.
 */
export function parseBytes(text: string | undefined): number | undefined {
  const match = /^\s*([\d.]+)\s*([KMGTPE]?i?B)?(?:\/s)?\s*$/i.exec(text ?? '')
  if (match === null) return undefined
  const factor = FACTORS[(match[2] ?? 'B').toUpperCase()]
  const bytes = Number(match[1]) * (factor ?? Number.NaN)
  return Number.isFinite(bytes) ? Math.round(bytes) : undefined
}

/** A time left as TiDB prints it, `07:26:03` or `2d 07:26:03` or Go's `2m3s`, in ms; undefined if it is none. */
export function parseTimeLeft(text: string | undefined): number | undefined {
  const clock = /^\s*(?:(\d+)d(?:ays?)?\s*)?(\d+):(\d\d):(\d\d)\s*$/.exec(text ?? '')
  if (clock !== null) {
    const [, days = '0', hours, minutes, seconds] = clock
    return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000
  }
  const go = /^\s*(?=\d)(?:(\d+)h)?(?:(\d+)m)?(?:([\d.]+)s)?\s*$/.exec(text ?? '')
  if (go === null) return undefined
  const [, hours = '0', minutes = '0', seconds = '0'] = go
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000
}

/** A count without loss: a number if it is exact as one, else a bigint; undefined if the text is no count. */
export function parseCount(text: string | undefined): number | bigint | undefined {
  if (text === undefined || !/^\d+$/.test(text)) return undefined
  const count = Number(text)
  return Number.isSafeInteger(count) ? count : BigInt(text)
}
