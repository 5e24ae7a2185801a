import type { Vitest } from 'vitest/node'
import { LiveDisplay } from './live-display.ts'
import { paintFor } from './paint.ts'
import { PlainDisplay } from './plain-display.ts'
import type { ProgressDisplay } from './progress-display.ts'
import { joinWindow } from './vitest-window.ts'

/** The display for the terminal or pipe that vitest writes to. */
export function openDisplay(vitest: Vitest): ProgressDisplay {
  const { outputStream, errorStream } = vitest.logger
  const live = new LiveDisplay({
    print: (line) => outputStream.write(`${line}\n`),
    refresh: () => window?.refresh(),
    paint: paintFor(outputStream),
  })
  const window = joinWindow(vitest, (room) => live.lines(room))
  if (window !== undefined) return live
  // Not on standard output: a reporter may write JSON there.
  return new PlainDisplay((line) => errorStream.write(`${line}\n`), { paint: paintFor(errorStream) })
}
