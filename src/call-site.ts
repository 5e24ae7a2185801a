/** Makes a failure's stack begin where a function was called: `above` is that function, and its caller a line of the spec. */
export function withCallSite<T>(work: Promise<T>, above: (...args: never[]) => unknown): Promise<T> {
  const here: { stack?: string } = {}
  Error.captureStackTrace(here, above)
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
