import { formatFailureReport, type FailureReport } from './failure-report.ts'
import { lanesOf } from './time-line.ts'
import { timeLineSvg } from './time-line-svg.ts'

interface Attachment {
  readonly body: string
  readonly bodyEncoding: 'utf-8'
  readonly contentType: 'text/plain' | 'image/svg+xml'
}

/**
 * What is attached to a failed test: the report as text, the time line of several sessions as a drawing, and what assertions
 * drew.
 */
export function attachmentsOf(report: FailureReport | undefined, drawings: readonly string[]): Attachment[] {
  const lanes = report === undefined ? [] : lanesOf(report)
  const all = lanes.length < 2 ? drawings : [timeLineSvg(lanes), ...drawings]
  const text = report === undefined ? [] : [formatFailureReport(report)]
  return [
    ...text.map((body) => ({ body, bodyEncoding: 'utf-8', contentType: 'text/plain' }) as const),
    ...all.map((body) => ({ body, bodyEncoding: 'utf-8', contentType: 'image/svg+xml' }) as const),
  ]
}
