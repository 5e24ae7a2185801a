import { packageModule } from '../package-files.ts'
import type { SqlScript } from './script.ts'

/**
 * The test module that a file of SQL is to vitest: line N of it holds the tests of line N of the file, so that reports,
 * editors and `vitest file.test:120` need no source map.
 *
 * @param script undefined of a file that can't be read: its module fails with the reason.
 */
export function moduleOf(file: string, script: SqlScript | undefined): string {
  const lines: string[] = []
  script?.cases.forEach(({ line }, index) => {
    while (lines.length < line) lines.push('')
    lines[line - 1] += `c(${index});`
  })
  const from = JSON.stringify(packageModule('sql-files/register'))
  const head = `import{registerSqlFile as r}from${from};const c=r(${JSON.stringify(file)});`
  return [head + (lines[0] ?? ''), ...lines.slice(1)].join('\n')
}
