/**
 * Host and port as errors, lines and URLs have them: an IPv6 address stands in brackets.
 *
 * @example hostPort('::1', 4000) // '[::1]:4000'
 */
export function hostPort(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
