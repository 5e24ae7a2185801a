import { formatFailureReport, type FailureReport } from './failure-report.ts'
import { lanesOf } from './time-line.ts'
import { timeLineSvg } from './time-line-svg.ts'

/** What is attached to a failed test: the report as text, and the time line of several sessions as a drawing. */
export function attachmentsOf(report: FailureReport): { body: string; bodyEncoding: 'utf-8'; contentType: string }[] {
  const text = { body: formatFailureReport(report), bodyEncoding: 'utf-8', contentType: 'text/plain' } as const
  const lanes = lanesOf(report)
  if (lanes.length < 2) return [text]
  return [text, { body: timeLineSvg(lanes), bodyEncoding: 'utf-8', contentType: 'image/svg+xml' }]
}
