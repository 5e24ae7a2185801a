import { defineCheck } from './check.ts'

/** Connections have to be encrypted. */
export const tlsRequired = defineCheck({
  name: 'tls-required',
  title: 'Connections have to be encrypted',
  severity: 'info',
  advice: 'SET GLOBAL require_secure_transport = ON, once every client connects by TLS; or ALTER USER … REQUIRE SSL',
  docs: 'https://docs.pingcap.com/tidb/stable/enable-tls-between-clients-and-servers/',
  source: 'require_secure_transport',
  async run({ session }) {
    const [row] = await session.query<{ required: number | string }>(
      'select @@global.require_secure_transport as required',
    )
    const required = String(row?.required)
    if (required === '1' || required.toUpperCase() === 'ON') return []
    return [
      {
        subject: { kind: 'variable', name: 'require_secure_transport' },
        message: 'is off: passwords and rows may travel unencrypted',
        observed: 'OFF',
        limit: 'ON',
      },
    ]
  },
})
