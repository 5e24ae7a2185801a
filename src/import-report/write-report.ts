import { join, resolve } from 'node:path'
import { ConfigError } from '../errors.ts'
import { faultHint } from '../file-fault.ts'
import type { ImportRecord } from '../import-jobs/import-record.ts'
import { makeFolder } from '../make-folder.ts'
import { writeWhole } from '../write-whole.ts'
import type { ReportFacts } from './facts.ts'
import { importReportHtml } from './html-report.ts'
import { importReportJson } from './json-report.ts'

/** Where a report was written. */
export interface WrittenReport {
  readonly html: string
  readonly json: string
}

/** Where a report is in its folder. */
export function reportFiles(dir: string): WrittenReport {
  const folder = resolve(dir)
  return { html: join(folder, 'index.html'), json: join(folder, 'import-jobs.json') }
}

/**
 * Writes `index.html` and `import-jobs.json` into a folder, which is made if it is not there. Each appears whole or
 * not at all, in the place of an earlier one.
 *
 * @throws {ConfigError} if it can't be written; names the folder and what the operating system said.
 */
export async function writeImportReport(
  dir: string,
  records: readonly ImportRecord[],
  facts: ReportFacts,
): Promise<WrittenReport> {
  const folder = resolve(dir)
  const written = reportFiles(dir)
  try {
    makeFolder(folder)
    writeWhole(written.json, importReportJson(records, facts))
    writeWhole(written.html, importReportHtml(records, facts))
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause)
    const fault = faultHint((cause as NodeJS.ErrnoException).code, 'or name another folder')
    throw new ConfigError(
      ['TIDB_IMPORT_REPORT_DIR'],
      `the report of import jobs can't be written to ${folder}: ${said}`,
      {
        hints: [
          ...(fault === undefined ? [] : [fault]),
          'set TIDB_IMPORT_REPORT_DIR to a folder that this user may write to',
        ],
        cause,
      },
    )
  }
  return written
}
