/** What an error says of an optional package that is needed and not installed: that package alone, not one of its own. */
export function isNotInstalled(error: unknown, name: string): boolean {
  const { code, message } = error as NodeJS.ErrnoException
  const notFound = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
  return notFound && [`'${name}'`, `'${name}/`].some((quoted) => message.includes(quoted))
}
