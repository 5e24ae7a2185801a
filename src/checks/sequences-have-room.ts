import { formatCount, formatShare } from '../number-format.ts'
import { defineCheck } from './check.ts'
import { countLimit, ratioLimit } from './limits.ts'
import { demandAll, nextValues, type Giver } from './next-values.ts'
import type { Problem } from './finding.ts'

interface Sequence extends Giver {
  readonly step: string
  readonly start: string
  /** Its last value: the largest, or the smallest if it counts down. */
  readonly end: string
}

const NAME = 'sequences-have-room'

/** Which part of its values a sequence has given out, when the storage says that `next` is next. */
function givenOut({ step, start, end }: Pick<Sequence, 'step' | 'start' | 'end'>, next: string | number): number {
  // The server adds 1 to the last value whatever the step is.
  const given = Number(next) - 1 - Number(start) + Number(step)
  return given / (Number(end) - Number(start) + Number(step))
}

/** No sequence is near its end. */
export const sequencesHaveRoom = defineCheck({
  name: NAME,
  title: 'No sequence is near its end',
  severity: 'critical',
  limits: {
    share: ratioLimit(0.8, 'part of the values that may be given out, to statements and to caches of tidb-servers'),
    asked: countLimit(200, 'sequences that are asked at most, each by a statement'),
  },
  needs: { privileges: ['SELECT'] },
  advice: 'ALTER SEQUENCE … MAXVALUE, or CYCLE if values may come again, before nextval fails with 4135',
  docs: 'https://docs.pingcap.com/tidb/stable/sql-statement-create-sequence/',
  source: 'SHOW TABLE NEXT_ROW_ID',
  async run({ session, limits }) {
    const sequences = await session.query<Sequence>(
      `select sequence_schema as place, sequence_name as name, cast(increment as char) as step, cast(start as char) as start,
        cast(if(increment > 0, max_value, min_value) as char) as end
      from information_schema.sequences where cycle = 0 order by place, name`,
    )
    demandAll(NAME, sequences, limits.asked, 'sequence')
    const problems: Problem[] = []
    for (const sequence of sequences) {
      const values = await nextValues(session, sequence)
      const next = values?.find(({ ID_TYPE: type }) => type === 'SEQUENCE')
      const share = next === undefined ? 0 : givenOut(sequence, next.NEXT_GLOBAL_ROW_ID)
      if (share <= limits.share) continue
      problems.push({
        subject: { kind: 'sequence', name: `${sequence.place}.${sequence.name}` },
        message: `has given out ${formatShare(share)} of its values, its last is ${formatCount(sequence.end)}`,
        observed: share,
        limit: limits.share,
      })
    }
    return problems
  },
})
