import { serverClock } from '../import-jobs/server-clock.ts'
import { formatDuration } from '../number-format.ts'
import { CheckError } from '../errors.ts'
import { defineCheck } from './check.ts'
import { durationLimit } from './limits.ts'

const NAME = 'certificate-not-expiring'

/** The certificate of the tidb-server that is asked does not expire soon. The others are asked over sessions to them. */
export const certificateNotExpiring = defineCheck({
  name: NAME,
  title: 'The certificate of the tidb-server does not expire soon',
  severity: 'critical',
  limits: { left: durationLimit('30d', 'how long it has to be valid at least') },
  advice: 'issue another one, put it in its place, and ALTER INSTANCE RELOAD TLS on every tidb-server',
  docs: 'https://docs.pingcap.com/tidb/stable/enable-tls-between-clients-and-servers/',
  source: 'SHOW STATUS',
  async run({ session, limits }) {
    const [row] = await session.query<{ Value: string }>("show status like 'Ssl_server_not_after'")
    const shown = row?.Value ?? ''
    if (shown === '') {
      const why = 'not available here, because this tidb-server has no certificate: it does not offer TLS'
      throw new CheckError(NAME, why, { silence: 'not-applicable' })
    }
    const end = Date.parse(shown)
    if (Number.isNaN(end)) {
      const why = `not available here, because the server tells the end of its certificate in another form: ${shown}`
      throw new CheckError(NAME, why, { silence: 'not-available' })
    }
    const left = end - (await serverClock(session))
    if (left >= limits.left) return []
    const at = new Date(end).toISOString()
    return [
      {
        subject: { kind: 'certificate', name: 'of this tidb-server' },
        message: left < 0 ? `expired at ${at}` : `expires in ${formatDuration(left)}, at ${at}`,
        observed: left,
        limit: limits.left,
      },
    ]
  },
})
