import { clearTimeout, setTimeout } from '../clock.ts'
import { DeadlineError, ServerError } from '../errors.ts'
import { loadTestcontainers } from './testcontainers.ts'

/** Sees to it that the engine has the image, pulling it within a deadline. @param hint what to do if it can't. @throws {ServerError} {DeadlineError} */
export async function haveImage(
  image: string,
  withinMs: number,
  signal: AbortSignal | undefined,
  onProgress: (line: string) => void,
  hint = 'pull or build it, or set TIDB_IMAGE to an image that this machine has',
): Promise<void> {
  const { getContainerRuntimeClient, ImageName } = await loadTestcontainers()
  const hints = [hint]
  let engine: Awaited<ReturnType<typeof getContainerRuntimeClient>>
  try {
    engine = await getContainerRuntimeClient()
  } catch (cause) {
    throw new ServerError(`no Docker engine can be used: ${(cause as Error).message}`, {
      hints: ['see: docker info'],
      cause,
    })
  }
  const name = ImageName.fromString(image)
  if (await engine.image.exists(name)) return
  onProgress(`pulling ${image}`)
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () =>
      reject(
        new DeadlineError(`${image} to be pulled`, withinMs, {
          hints: ['TIDB_PULL_TIMEOUT_MS is this deadline', ...hints],
        }),
      ),
    withinMs,
  )
  const onAbort = () => reject(signal?.reason as Error)
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    await Promise.race([engine.image.pull(name), promise])
  } catch (cause) {
    if (cause instanceof DeadlineError) throw cause
    throw new ServerError(
      `this machine does not have the image ${image}, and it can't be pulled: ${(cause as Error).message}`,
      {
        hints,
        cause,
      },
    )
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

/** Which of these images the engine does not have. */
export async function missingImages(images: readonly string[]): Promise<string[]> {
  const { getContainerRuntimeClient, ImageName } = await loadTestcontainers()
  const engine = await getContainerRuntimeClient()
  const there = await Promise.all(images.map((image) => engine.image.exists(ImageName.fromString(image))))
  return images.filter((_, index) => there[index] !== true)
}
