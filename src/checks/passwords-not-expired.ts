import { defineCheck } from './check.ts'

/** No password has expired. */
export const passwordsNotExpired = defineCheck({
  name: 'passwords-not-expired',
  title: 'No password has expired',
  severity: 'warning',
  needs: { privileges: ['SELECT'] },
  advice: 'set a new one by ALTER USER, or drop the account if nobody uses it',
  docs: 'https://docs.pingcap.com/tidb/stable/password-management/',
  source: 'mysql.user',
  async run({ session }) {
    const accounts = await session.query<{ user: string; host: string }>(
      `select user, host from mysql.user
      where account_locked = 'N' and (password_expired = 'Y'
        or (coalesce(password_lifetime, @@global.default_password_lifetime) > 0
          and password_last_changed < now() - interval coalesce(password_lifetime, @@global.default_password_lifetime) day))
      order by user, host`,
    )
    return accounts.map(({ user, host }) => ({
      subject: { kind: 'account', name: `${user}@${host}` },
      message: 'has an expired password: it can only log in to change it, or not at all',
    }))
  },
})
