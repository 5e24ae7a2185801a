/** A database, table or column name as SQL takes it: in backticks, whatever is in it. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}
