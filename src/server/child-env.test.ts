import { expect, test } from 'vitest'
import { childEnv, type Child } from './child-env.ts'

const SECRETS = {
  TIDB_PASSWORD: 'hunter2',
  TIDB_URL: 'mysql://root:hunter2@db.example',
  TIDB_IMPORT_HISTORY_URL: 'mysql://root:hunter2@db.example',
  AWS_ACCESS_KEY_ID: 'hunter2',
  AWS_SECRET_ACCESS_KEY: 'hunter2',
  AWS_SESSION_TOKEN: 'hunter2',
  GOOGLE_APPLICATION_CREDENTIALS: 'hunter2',
  AZURE_STORAGE_KEY: 'hunter2',
  GITHUB_TOKEN: 'hunter2',
  GH_TOKEN: 'hunter2',
  NPM_TOKEN: 'hunter2',
  DOCKER_AUTH_CONFIG: 'hunter2',
  MYSQL_PWD: 'hunter2',
  ANYTHING: 'hunter2',
}

test.for(['server', 'go', 'clean-up'] as const)('%s gets no secret of this process, and can be found', (child) => {
  const env = childEnv(child, { ...SECRETS, PATH: '/bin', HOME: '/home/me', LC_ALL: 'C.UTF-8' })
  expect(env).toEqual({ PATH: '/bin', HOME: '/home/me', LC_ALL: 'C.UTF-8' })
})

test.for([
  ['go', { GOPROXY: 'https://me:token@proxy.example', NETRC: '/n', https_proxy: 'http://p', GOFLAGS: '-mod=mod' }],
  ['server', { GOMEMLIMIT: '1GiB', ZONEINFO: '/zoneinfo.zip' }],
  ['keeper', { TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX: 'registry.example', TIUP_HOME: '/tiup' }],
  ['clean-up', { DOCKER_HOST: 'tcp://docker:2375', NODE_OPTIONS: '--no-warnings' }],
] as [Child, Record<string, string>][])('%s gets what it needs: %o', ([child, env]) => {
  expect(childEnv(child, env)).toEqual(env)
})

test('names as Windows writes them', () => {
  expect(childEnv('server', { Path: 'C:\\', SystemRoot: 'C:\\Windows' })).toEqual({
    Path: 'C:\\',
    SystemRoot: 'C:\\Windows',
  })
})
