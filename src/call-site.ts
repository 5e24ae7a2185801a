const FRAMES = 6

/**
 * Makes a failure's stack begin where a function was called: `above` is that function, and its caller a line of the
 * spec. Capturing costs about 5 µs a call, so this is for promises that are rarely awaited at once.
 */
export function withCallSite<T>(work: Promise<T>, above: (...args: never[]) => unknown): Promise<T> {
  // A runner asks for a hundred frames, of which the first tell.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = FRAMES
  const here = siteAbove(above)
  Error.stackTraceLimit = stackTraceLimit
  return work.catch((error: unknown) => {
    place(error, here)
    throw error
  })
}

/**
 * Makes a failure's stack begin at the line that awaits it. V8 reads that line off the chain of promises once the
 * failure is there, so nothing is captured while all goes well: https://v8.dev/blog/fast-async
 */
export async function withAwaitSite<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    place(error, siteAbove(withAwaitSite))
    throw error
  }
}

/** Where an error was met. */
export interface Site {
  readonly stack?: string
}

/** The lines that led to the caller of a function: those that called it, or those that await it. */
export function siteAbove(above: (...args: never[]) => unknown): Site {
  const here: Site = {}
  Error.captureStackTrace(here, above)
  return here
}

/** Makes an error's stack begin there, unless it has such a place already. */
export function place(error: unknown, { stack = '' }: Site): void {
  if (!(error instanceof Error) || placed.has(error)) return
  // Node's own are there whoever awaits, or nobody.
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line) && !/[( ]node:/.test(line))
  if (frames.length === 0) return
  placed.add(error)
  error.stack = [`${error.name}: ${error.message}`, ...frames].join('\n')
}

/** Whether the stack of an error does not say yet where in a spec it was met. */
export function lacksPlace(error: unknown): boolean {
  return error instanceof Error && !placed.has(error)
}

// An error that several meet, such as a session's one StateError, keeps the place where it was met first.
const placed = new WeakSet<Error>()
