import { fitToPrint } from '../redact.ts'

/** One object on standard output, nothing else: what `--json` asks for. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}

/** One object on a line of its own, of which others follow. */
export function printJsonLine(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

export function printLine(line = ''): void {
  process.stdout.write(`${fitToPrint(line)}\n`)
}

/** What is under way, apart from what the command is asked for. */
export function printProgress(line: string): void {
  process.stderr.write(`${fitToPrint(line)}\n`)
}

/** Rows as columns that are as wide as they have to be. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows.reduce<number[]>(
    (sofar, row) => row.map((cell, index) => Math.max(sofar[index] ?? 0, cell.length)),
    [],
  )
  for (const row of rows)
    printLine(
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
}
