import { expect, test } from 'vitest-tidb'
import { certificateNotExpiring } from 'vitest-tidb/checks'
import { certificates } from '../../fixtures/certificates.ts'

test('a certificate that expires soon is found, and without one the check does not apply', async ({
  startTiDB,
  tidbPool,
}) => {
  using files = certificates()
  // A container would not see its files.
  const server = await startTiDB({ provider: 'binary', serverConfig: files.serverConfig })
  const admin = tidbPool.session('admin', server.settings)
  expect(await certificateNotExpiring(admin)).toEqual([
    expect.objectContaining({
      severity: 'critical',
      subject: { kind: 'certificate', name: 'of this tidb-server' },
      message: expect.stringMatching(/^expires in (1 d|2 d|4\d h).*, at 20/) as string,
    }),
  ])
  expect(await certificateNotExpiring(admin, { left: '1d' })).toEqual([])
  const plain = tidbPool.session('plain', (await startTiDB({ provider: 'binary' })).settings)
  await expect(certificateNotExpiring(plain)).rejects.toMatchObject({ silence: 'not-applicable' })
})
