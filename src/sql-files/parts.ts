import { isSlt } from './slt-file.ts'
import { parseTest } from './test-language.ts'

/** A part of a file that can be left out by itself: a statement, a command, or a block as a whole. */
export interface Part {
  /** Its first line, from 1. */
  readonly line: number
  readonly text: string
}

/** The parts of a file, in order. What stands before the first belongs to it. @throws {SqlFileError} if it can't be read. */
export function partsOf(text: string, file: string): readonly Part[] {
  const lines = text.split('\n')
  const starts = isSlt(text) || !file.endsWith('.test') ? sltStarts(lines) : testStarts(text, lines, file)
  const first = [...starts].filter((line) => line > 0).sort((one, other) => one - other)
  return first.map((line, at) => ({
    line,
    text: lines.slice(at === 0 ? 0 : line - 1, (first[at + 1] ?? lines.length + 1) - 1).join('\n'),
  }))
}

/** Records stand between empty lines. */
function sltStarts(lines: readonly string[]): ReadonlySet<number> {
  const starts = lines.flatMap((line, at) =>
    line.trim() !== '' && (lines[at - 1] ?? '').trim() === '' ? [at + 1] : [],
  )
  return new Set(starts)
}

const DELIMITER = /^\s*(?:--\s*)?delimiter\s/i

function testStarts(text: string, lines: readonly string[], file: string): ReadonlySet<number> {
  const steps = parseTest(text, file)
  const starts = new Set(steps.map((step) => step.at))
  lines.forEach((line, at) => {
    if (DELIMITER.test(line)) starts.add(at + 1)
  })
  steps.forEach((step, at) => {
    if (step.kind !== 'unless') return
    // What stands in a block is no part of its own.
    const last = steps[step.target - 1]?.at ?? step.at
    for (const line of starts) if (line > step.at && line <= last && at < step.target) starts.delete(line)
  })
  return starts
}
