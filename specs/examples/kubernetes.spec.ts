import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest-tidb'
import { test as plain } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { PATH } from '../../fixtures/path.ts'
import { exampleFile, test } from './test.ts'

const file = exampleFile('kubernetes/import-jobs-nightly.yaml')

interface Named {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace: string }
}

interface ConfigMap extends Named {
  readonly data: Readonly<Record<string, string>>
}

interface Volume {
  readonly name: string
  readonly emptyDir?: object
  readonly persistentVolumeClaim?: { readonly claimName: string }
  readonly secret?: { readonly secretName: string }
}

interface Container {
  readonly envFrom: readonly { readonly configMapRef: { readonly name: string } }[]
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[]
}

interface CronJob extends Named {
  readonly spec: {
    readonly jobTemplate: {
      readonly spec: {
        readonly activeDeadlineSeconds: number
        readonly template: {
          readonly spec: { readonly containers: readonly [Container]; readonly volumes: readonly Volume[] }
        }
      }
    }
  }
}

const objects = parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as Named)
const ofKind = <T extends Named>(kind: string) => objects.find((object) => object.kind === kind) as T
const { data } = ofKind<ConfigMap>('ConfigMap')
const { spec: job } = ofKind<CronJob>('CronJob').spec.jobTemplate
const { containers, volumes } = job.template.spec
const [{ volumeMounts, envFrom }] = containers
const setting = (name: string) => data[name] ?? ''

// The command as the image has it.
const dockerfile = readFileSync(exampleFile('kubernetes/Dockerfile'), 'utf8')
const command = JSON.parse(/^CMD (.*)$/m.exec(dockerfile)?.[1] ?? '') as string[]

plain('what the pod refers to is there', () => {
  expect(new Set(objects.map(({ metadata }) => metadata.namespace)).size).toBe(1)
  expect(envFrom.map(({ configMapRef }) => configMapRef.name)).toEqual([ofKind('ConfigMap').metadata.name])
  const claims = volumes.flatMap(({ persistentVolumeClaim: claim }) => (claim === undefined ? [] : [claim.claimName]))
  expect(claims).toEqual([ofKind('PersistentVolumeClaim').metadata.name])
  expect(volumeMounts.map(({ name }) => name).toSorted()).toEqual(volumes.map(({ name }) => name).toSorted())
  // The secret is made by hand: its file does not hold a password.
  const secret = volumes.find((volume) => volume.secret !== undefined)?.secret?.secretName
  expect(readFileSync(file, 'utf8')).toContain(`create secret generic ${secret} --from-literal=password=`)
})

plain('it writes and reads when there are volumes, and the watch ends before the job', () => {
  const writable = volumeMounts.filter(({ readOnly }) => readOnly !== true).map(({ mountPath }) => mountPath)
  for (const name of ['TIDB_IMPORT_HISTORY_DIR', 'TIDB_IMPORT_REPORT_DIR'])
    expect(
      writable.some((path) => `${setting(name)}/`.startsWith(`${path}/`)),
      name,
    ).toBe(true)
  expect(writable).toContain(/^ENV HOME=(.*)$/m.exec(dockerfile)?.[1])
  const secrets = volumeMounts.find(({ name }) => name === 'password')
  expect(setting('TIDB_PASSWORD_FILE')).toBe(`${secrets?.mountPath}/password`)
  expect(job.activeDeadlineSeconds).toBeGreaterThan(Number(setting('TIDB_IMPORT_MONITOR_SECONDS')) + 120)
})

test('the command of the container runs with its settings', { timeout: 180_000 }, async ({ start, project, night }) => {
  const root = join(project, '..', 'root')
  // Each volume is a folder of the same path below a root of its own.
  for (const { mountPath } of volumeMounts) mkdirSync(join(root, mountPath), { recursive: true })
  const below = Object.entries(data).map(([name, value]) => [name, value.startsWith('/') ? join(root, value) : value])
  copyFileSync(night.passwordFile, join(root, setting('TIDB_PASSWORD_FILE')))
  // Where vitest writes without the options of the command; here, links to what this repository has of them.
  const written = ['.vite-temp', '.vitest-cache', '.vitest'].map((name) => join(project, 'node_modules', name))
  for (const path of written) rmSync(path, { force: true })
  const { TIDB_PORT, TIDB_HOST, TIDB_IMPORT_POLL_INTERVAL_MS } = night.env
  const running = start(command, {
    PATH,
    HOME: join(root, 'tmp'),
    ...Object.fromEntries(below),
    // What a local server differs in.
    TIDB_HOST,
    TIDB_PORT,
    TIDB_IMPORT_POLL_INTERVAL_MS,
  })
  await night.play('good', running)
  const { status, output } = await running.ended
  expect(output).toMatch(/Tests {2}1 passed/)
  expect(status).toBe(0)
  expect(readdirSync(join(root, 'history')).filter((name) => name.endsWith('.jsonl'))).toHaveLength(2)
  expect(existsSync(join(root, setting('TIDB_IMPORT_REPORT_DIR'), 'index.html'))).toBe(true)
  // With a read-only root, nothing may be written beside the project's own files.
  expect(written.filter((path) => existsSync(path))).toEqual([])
  expect(existsSync(join(project, 'import-history'))).toBe(false)
})

plain('kubectl-validate has nothing to say', ({ skip }) => {
  const found = spawnSync('kubectl-validate', [file], { encoding: 'utf8' })
  skip(found.error !== undefined, 'kubectl-validate is not here: go install sigs.k8s.io/kubectl-validate@v0.0.4')
  expect(found.stdout + found.stderr).not.toContain('ERROR')
  expect(found.status).toBe(0)
})
