import { expect, test } from 'vitest'
import { defaultSockets } from './docker.ts'

test('a rootless engine is looked for where its session is, with or without XDG_RUNTIME_DIR', () => {
  expect(defaultSockets({ XDG_RUNTIME_DIR: '/elsewhere' }, 1000)).toContain('/elsewhere/docker.sock')
  expect(defaultSockets({}, 1000)).toContain('/run/user/1000/docker.sock')
  expect(defaultSockets({ XDG_RUNTIME_DIR: '' }, 1000)).toContain('/run/user/1000/docker.sock')
})
