import { resolve } from 'node:path'
import type { CheckReport } from '../checks/run-checks.ts'
import { ConfigError } from '../errors.ts'
import { faultHint } from '../file-fault.ts'
import { writeWhole } from '../write-whole.ts'

/** What a report says beside the checks. */
export interface ReportFacts {
  readonly host: string
  readonly version: string
  readonly at: Date
}

const KINDS = { html: 'tidb-check.html', json: 'tidb-check.json', junit: 'tidb-check.xml' } as const
type Kind = keyof typeof KINDS

/** What `--report` takes. */
export const REPORT_KINDS = Object.keys(KINDS)

/** A report that is wanted: what it is, and its file. */
export interface WantedReport {
  readonly kind: Kind
  readonly file: string
}

/** Reads `html`, `json=out/check.json` and the like. @throws {ConfigError} for another kind. */
export function wantedReport(given: string): WantedReport {
  const [kind = '', file] = given.split(/=(.*)/s)
  if (!Object.hasOwn(KINDS, kind)) {
    throw new ConfigError(['--report'], '--report has no such kind', {
      hints: [`give ${REPORT_KINDS.join(', ')}, each with its file if it is to have another: html=check.html`],
    })
  }
  return { kind: kind as Kind, file: resolve(file === undefined || file === '' ? KINDS[kind as Kind] : file) }
}

/** @throws {ConfigError} if it can't be written, with what the operating system said. */
export async function writeCheckReport({ kind, file }: WantedReport, report: CheckReport, facts: ReportFacts) {
  // Loaded for whoever wants them: what draws a page takes as long to load as all that the command is otherwise.
  const texts: Readonly<Record<Kind, () => string | Promise<string>>> = {
    html: async () => (await import('./check-page.ts')).checkPage(report, facts),
    json: () =>
      `${JSON.stringify({ version: 1, host: facts.host, tidb: facts.version, at: facts.at, ...report }, null, 2)}\n`,
    junit: async () => (await import('./junit.ts')).junit(report, facts),
  }
  const text = await texts[kind]()
  try {
    writeWhole(file, text)
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause)
    const hint = faultHint((cause as NodeJS.ErrnoException).code, 'or name another file')
    throw new ConfigError(['--report'], `the report can't be written to ${file}: ${said}`, {
      hints: [hint ?? 'name a file in a folder that is there'],
      cause,
    })
  }
}
