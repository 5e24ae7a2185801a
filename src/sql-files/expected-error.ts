import type { Refusal } from '../connection/text-connection.ts'

/** Whether an error is the one that a file names: by number, or as MySQL (`ER_NO_SUCH_TABLE`) or TiDB (`ErrNoSuchTable`) call it. */
export function isError(name: string, { errno, code }: Pick<Refusal, 'errno' | 'code'>): boolean {
  if (/^\d+$/.test(name)) return Number(name) === errno
  return code !== undefined && plain(name) === plain(code)
}

/** Without what the two spell differently. */
function plain(name: string): string {
  return name
    .replace(/^(?:OBSOLETE_)?(?:ER_|CR_|Err(?=[A-Z]))/, '')
    .replaceAll('_', '')
    .toLowerCase()
    .replace(/error$/, '')
}
