import { defineCheck } from './check.ts'
import { namesLimit } from './limits.ts'

/** Every account that can log in has a password. */
export const accountsHavePasswords = defineCheck({
  name: 'accounts-have-passwords',
  title: 'Every account that can log in has a password',
  severity: 'critical',
  limits: { except: namesLimit([], 'accounts that may be without, as user@host') },
  needs: { privileges: ['SELECT'] },
  advice: 'ALTER USER … IDENTIFIED BY …, or lock the account',
  docs: 'https://docs.pingcap.com/tidb/stable/user-account-management/',
  source: 'mysql.user',
  async run({ session, limits }) {
    const accounts = await session.query<{ user: string; host: string }>(
      `select user, host from mysql.user
      where authentication_string = '' and account_locked = 'N'
        and plugin in ('mysql_native_password', 'caching_sha2_password', 'tidb_sm3_password', '')
      order by user, host`,
    )
    return accounts
      .map(({ user, host }) => `${user}@${host}`)
      .filter((name) => !limits.except.includes(name))
      .map((name) => ({ subject: { kind: 'account', name }, message: 'logs in without a password' }))
  },
})
