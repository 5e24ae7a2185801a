import { defineCheck } from './check.ts'

/** root logs in from known hosts only. */
export const rootNotFromAnywhere = defineCheck({
  name: 'root-not-from-anywhere',
  title: 'root logs in from known hosts only',
  severity: 'warning',
  needs: { privileges: ['SELECT'] },
  advice: 'RENAME USER to a host, or make an account with fewer privileges for those who connect from elsewhere',
  docs: 'https://docs.pingcap.com/tidb/stable/user-account-management/',
  source: 'mysql.user',
  async run({ session }) {
    const accounts = await session.query<{ host: string }>(
      `select host from mysql.user where user = 'root' and account_locked = 'N' and host like '%\\%%'`,
    )
    return accounts.map(({ host }) => ({
      subject: { kind: 'account', name: `root@${host}` },
      message: `logs in from ${host === '%' ? 'anywhere' : `any host like ${host}`}`,
    }))
  },
})
