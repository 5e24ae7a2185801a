// https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html : TIMESTAMP, DATE, DATETIME
const TIMES = new Set([7, 10, 12])

interface Field {
  readonly name: string
  readonly columnType?: number
}

/**
 * Makes Dates of the times in a result, which came as text in UTC, in place. By the driver's own reading, a DATE of
 * 0000-00-00 is a day in 1899, and one without a day the last of the month before; here these are invalid Dates.
 */
export function toDates(rows: unknown, fields: unknown): void {
  if (!Array.isArray(rows) || !Array.isArray(fields)) return
  for (const field of fields as (Field | undefined)[]) {
    if (!TIMES.has(field?.columnType ?? -1)) continue
    const { name } = field as Field
    for (const row of rows as Record<string, unknown>[]) {
      const text = row[name]
      if (typeof text === 'string') row[name] = toDate(text)
    }
  }
}

/** A time as the server prints it, in UTC: `2024-05-06`, `2024-05-06 07:08:09.123456`. */
export function toDate(text: string): Date {
  const [date, time = '00:00:00'] = text.split(' ')
  return new Date(`${date}T${time}Z`)
}
