// Says whether this can be released, proves the package, packs it, and prints what is left to do. It publishes nothing.
//
//   npm run release               all of it
//   npm run release -- --check    only whether it can be
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import packageJson from '../package.json' with { type: 'json' }
import { releaseFaults } from './release-faults.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8')
const ask = (command: string, ...args: readonly string[]) =>
  execFileSync(command, args, { cwd: root, encoding: 'utf8' })
const show = (command: string, ...args: readonly string[]) => {
  execFileSync(command, args, { cwd: root, stdio: 'inherit' })
}

const faults = releaseFaults({
  status: ask('git', 'status', '--porcelain'),
  tags: ask('git', 'tag', '--list').split('\n'),
  manifest: packageJson,
  lock: JSON.parse(read('package-lock.json')) as { version: string },
  changelog: read('CHANGELOG.md'),
  today: new Date().toISOString().slice(0, 10),
})
const { name, version } = packageJson
if (faults.length > 0) {
  console.error(
    `${name} ${version} can't be released:\n${faults.map((fault) => `  - ${fault.replaceAll('\n', '\n    ')}`).join('\n')}`,
  )
  process.exitCode = 1
} else if (process.argv.includes('--check')) console.log(`${name} ${version} can be released`)
else {
  show('npm', 'run', 'package')
  show('npm', 'run', 'package:matrix', '--', '--all')
  show('npm', 'pack', '--ignore-scripts')
  const tarball = `${name}-${version}.tgz`
  console.log(`\n${tarball} is packed. To publish it:

  npm publish ./${tarball} --access public
  git tag v${version} && git push origin v${version}`)
}
