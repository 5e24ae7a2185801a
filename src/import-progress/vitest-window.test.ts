import { expect, test, vi } from 'vitest'
import type { Vitest } from 'vitest/node'
import { joinWindow } from './vitest-window.ts'

// That it works in vitest's real window is what specs/import-progress shows. Here: windows that are not as we know them.

function vitestWith(reporters: unknown): Vitest {
  return { reporters, logger: { outputStream: { rows: 40 }, getColumns: () => 90 } } as unknown as Vitest
}

test.for([
  ['no reporters', undefined],
  ['reporters in another shape', { default: {} }],
  ['none', []],
  ['null', [null]],
  ['no summary', [{ summary: undefined }]],
  ['a renderer without options', [{ summary: { renderer: { schedule: () => undefined } } }]],
  ['a window that is no function', [{ renderer: { options: { getWindow: [] }, schedule: () => undefined } }]],
  ['a renderer that is not asked to draw', [{ renderer: { options: { getWindow: () => [] } } }]],
] as const)('%s: no window', ([, reporters]) => {
  expect(joinWindow(vitestWith(reporters), () => [])).toBeUndefined()
})

test("ours are drawn above vitest's own, and vitest's own even when ours can't be", () => {
  const renderer = { options: { getWindow: () => ['', 'Tests 1'] }, schedule: vi.fn<() => void>() }
  let ours = (): string[] => ['', 'Import jobs 1']
  const rooms: unknown[] = []
  const window = joinWindow(vitestWith([{}, { summary: { renderer } }]), (room) => {
    rooms.push(room)
    return ours()
  })
  expect(renderer.options.getWindow()).toEqual(['', 'Import jobs 1', '', 'Tests 1'])
  expect(rooms).toEqual([{ rows: 40, columns: 90, taken: 2 }])
  ours = () => {
    throw new Error('wrong')
  }
  expect(renderer.options.getWindow()).toEqual(['', 'Tests 1'])
  window?.refresh()
  expect(renderer.schedule).toHaveBeenCalledTimes(1)
})
