// Go's own checks of our Go, laid beside TiDB's source as a build has it: format, vet, tests.
import { spawnSync, type SpawnSyncOptionsWithStringEncoding } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { packageFile } from '../src/package-files.ts'
import { goVersion } from '../src/server/build.ts'
import { childEnv } from '../src/server/child-env.ts'
import { storageRecipe, TIDB_MODULE } from '../src/server/recipe.ts'

const UNISTORE = 'pkg/store/mockstore/unistore'
const recipe = storageRecipe()
const env = {
  ...childEnv('go'),
  CGO_ENABLED: '0',
  GOFLAGS: '-mod=readonly',
  GOTOOLCHAIN: recipe.toolchain,
  GOWORK: 'off',
}

function run(command: string, args: readonly string[], cwd: string, stdout: 'inherit' | 'pipe'): string {
  const options: SpawnSyncOptionsWithStringEncoding = {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', stdout, 'inherit'],
  }
  const { status, error, stdout: printed } = spawnSync(command, args, options)
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with status ${status}`)
  return printed
}

/** Tests in a folder of ours, which a build leaves out. */
function testsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('_test.go'))
}

async function check(module: string): Promise<void> {
  const ours = packageFile('tidb-server')
  const unformatted = run('gofmt', ['-l', ours], ours, 'pipe')
  if (unformatted !== '') throw new Error(`not as gofmt has it:\n${unformatted}`)

  recipe.layModule(module)
  const sources = recipe.sources.map(
    (name) =>
      (JSON.parse(run('go', ['mod', 'download', '-json', name], module, 'pipe')) as { readonly Dir: string }).Dir,
  )
  await recipe.lay(module, sources)
  const node = join(ours, 'storage-node')
  for (const path of testsIn(node)) copyFileSync(join(node, path), join(module, path))
  const unistore = join(ours, 'unistore')
  const added = testsIn(unistore)
  for (const path of added) copyFileSync(join(unistore, path), join(module, 'tidb', UNISTORE, path))
  const packages = ['.', ...new Set(added.map((path) => `${TIDB_MODULE}/${UNISTORE}/${dirname(path)}`))]
  // With -trimpath Go takes what a build has compiled before.
  run('go', ['vet', '-trimpath', ...packages], module, 'inherit')
  run('go', ['test', '-trimpath', '-vet=off', '-timeout=5m', ...packages], module, 'inherit')
}

if ((await goVersion()) === undefined) {
  console.log('our Go is not tested: there is no Go on PATH')
} else {
  const module = mkdtempSync(join(tmpdir(), 'vitest-tidb-go-'))
  try {
    await check(module)
  } finally {
    rmSync(module, { recursive: true, force: true })
  }
}
