import { ImportJob } from './import-job.ts'

type Row = Readonly<Record<string, unknown>>

interface Listed {
  readonly row: Row
  readonly job: ImportJob
}

/** The jobs of the last list: of a thousand, nearly all are in the next as they were, and need not be read again. */
export class ListedJobs {
  #last = new Map<string, Listed>()

  /** The jobs of these rows, whose times are in that zone. */
  read(rows: readonly Row[], timeZone: string): ImportJob[] {
    const listed = rows.map((row) => {
      const before = this.#last.get(String(row['Job_ID']))
      return before?.job.timeZone === timeZone && isSame(before.row, row)
        ? before
        : { row, job: new ImportJob(row, timeZone) }
    })
    this.#last = new Map(listed.map((each) => [each.job.id, each]))
    return listed.map(({ job }) => job)
  }
}

function isSame(one: Row, other: Row): boolean {
  const names = Object.keys(other)
  return names.length === Object.keys(one).length && names.every((name) => one[name] === other[name])
}
