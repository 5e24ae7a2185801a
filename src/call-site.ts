const FRAMES = 6

/** Makes a failure's stack begin where a function was called: `above` is that function, and its caller a line of the spec. */
export function withCallSite<T>(work: Promise<T>, above: (...args: never[]) => unknown): Promise<T> {
  const here: { stack?: string } = {}
  // A runner asks for a hundred frames, of which the first tell; each costs, at every statement of a thousand sessions.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = FRAMES
  Error.captureStackTrace(here, above)
  Error.stackTraceLimit = stackTraceLimit
  return work.catch((error: unknown) => {
    if (error instanceof Error && !placed.has(error)) {
      placed.add(error)
      const frames = here.stack?.split('\n').slice(1).join('\n') ?? ''
      error.stack = `${error.name}: ${error.message}\n${frames}`
    }
    throw error
  })
}

// An error that several meet, such as a session's one StateError, keeps the place where it was met first.
const placed = new WeakSet<Error>()
