import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest-tidb'
import { runCli } from '../../fixtures/run-cli.ts'
import { tempFolder } from '../../fixtures/temp-folder.ts'

// As bash does it when the key is pressed: the words, the last of which is being typed.
const ASK = `
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
$(complete -p vitest-tidb | sed 's/.*-F \\([^ ]*\\).*/\\1/') 2>/dev/null
printf '%s\\n' "\${COMPREPLY[@]}"
`

test('bash completes subcommands, options and what they take', async () => {
  const { status, stdout } = await runCli(['completion', 'bash'])
  expect(status).toBe(0)
  using folder = tempFolder()
  const script = join(folder.path, 'completion.bash')
  writeFileSync(script, stdout)
  const complete = (...words: string[]) =>
    execFileSync('bash', ['--norc', '-c', ASK, 'bash', script, 'vitest-tidb', ...words], { encoding: 'utf8' })
      .split('\n')
      .filter((word) => word !== '')
  expect(complete('')).toEqual([
    'check',
    'server',
    'cluster',
    'doctor',
    'init',
    'reduce',
    'completion',
    '--version',
    '--help',
  ])
  expect(complete('ser')).toEqual(['server'])
  expect(complete('server', '')).toEqual(['start', 'stop', 'list', 'logs', 'clean', '--help'])
  expect(complete('server', 'start', 'mine', '--t')).toEqual(['--ttl'])
  expect(complete('cluster', 'start', '--no')).toEqual(['--nodes'])
  expect(complete('check', '--json', '--severity', '')).toEqual(['critical', 'warning', 'info'])
  expect(complete('check', '--only', 'no-old')).toEqual(['no-old-transactions'])
  expect(complete('check', '--limit', 'gc-m')).toEqual(['gc-moving.behind='])
  expect(complete('completion', 'f')).toEqual(['fish'])
  // What only the user knows.
  expect(complete('check', '--host', '')).toEqual([])
})

test.for(['zsh', 'fish'])('there is one for %s', async (shell) => {
  const { status, stdout } = await runCli(['completion', shell])
  expect(status).toBe(0)
  expect(stdout).toMatch(/vitest-tidb/)
  expect(stdout).toContain('no-old-transactions')
})

test('another shell is bad usage', async () => {
  const { status, stderr } = await runCli(['completion', 'bsah'])
  expect(status).toBe(2)
  expect(stderr).toContain('there is no completion for that shell\n  try: did you mean bash?')
})
