import type { Vitest } from 'vitest/node'

/** How much room there is, and how much of it vitest takes: lines of a terminal, columns of a line. */
export interface WindowRoom {
  readonly rows: number
  readonly columns: number
  readonly taken: number
}

/** The window that vitest draws at the bottom of a terminal, as one that others may draw in. */
export interface VitestWindow {
  /** Has it drawn soon, and not more often than vitest does. */
  refresh(): void
}

/** What a renderer of vitest 5 has that matters here. None of it is public. */
interface Renderer {
  readonly options: { getWindow: () => string[] }
  schedule(): void
}

/**
 * Joins the window that one of vitest's reporters draws: `default`, `verbose` and `tree` with their summary, `dot`.
 *
 * @param lines what to draw above vitest's own lines; asked for at each drawing.
 * @returns undefined if none of them draws one, as without a terminal, or if it is not made as we know it.
 */
export function joinWindow(vitest: Vitest, lines: (room: WindowRoom) => readonly string[]): VitestWindow | undefined {
  const renderer = findRenderer(vitest)
  if (renderer === undefined) return undefined
  const { options } = renderer
  const own = options.getWindow.bind(options)
  options.getWindow = () => {
    const theirs = own()
    try {
      const stream = vitest.logger.outputStream
      const rows = 'rows' in stream ? stream.rows : 24
      const ours = lines({ rows, columns: vitest.logger.getColumns(), taken: theirs.length })
      return ours.length === 0 || theirs[0] === '' ? [...ours, ...theirs] : [...ours, '', ...theirs]
    } catch {
      // Whatever is wrong with ours, vitest draws its own.
      return theirs
    }
  }
  return { refresh: () => renderer.schedule() }
}

function findRenderer(vitest: Vitest): Renderer | undefined {
  const reporters = read(vitest, 'reporters')
  if (!Array.isArray(reporters)) return undefined
  return reporters
    .flatMap((reporter: unknown) => [read(read(reporter, 'summary'), 'renderer'), read(reporter, 'renderer')])
    .find((found) => isRenderer(found))
}

function isRenderer(found: unknown): found is Renderer {
  return (
    typeof read(read(found, 'options'), 'getWindow') === 'function' && typeof read(found, 'schedule') === 'function'
  )
}

function read(from: unknown, key: string): unknown {
  return typeof from === 'object' && from !== null ? Reflect.get(from, key) : undefined
}
