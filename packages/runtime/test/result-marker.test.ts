import { describe, expect, it } from 'vitest'

import type { EventResult } from '../src/publish/mark-events.ts'
import { createResultMarker } from '../src/publish/result-marker.ts'

const result = (attempts: number): EventResult =>
  ({ state: 'published', attempts }) as unknown as EventResult

describe('results of sending', () => {
  it('are kept some at a time, none twice and none left', async () => {
    const commits: number[][] = []
    const marker = createResultMarker(
      async (results) => void commits.push(results.map(({ attempts }) => attempts)),
      () => 0,
    )
    for (let index = 0; index < 450; index += 1) await marker.add(result(index))
    await marker.flush()
    await marker.flush()
    expect(commits.flat()).toEqual(Array.from({ length: 450 }, (_, index) => index))
    expect(commits.map(({ length }) => length)).toEqual([200, 200, 50])
  })

  it('are kept after a second, however few they are', async () => {
    let nowMs = 0
    const commits: number[] = []
    const marker = createResultMarker(
      async (results) => void commits.push(results.length),
      () => nowMs,
    )
    await marker.add(result(1))
    expect(commits).toEqual([])
    nowMs = 1000
    await marker.add(result(2))
    expect(commits).toEqual([2])
  })

  it('are committed one after the other, and a failure is told', async () => {
    let underWay = 0
    const marker = createResultMarker(
      async () => {
        underWay += 1
        expect(underWay).toBe(1)
        await new Promise((resolve) => setImmediate(resolve))
        underWay -= 1
        throw new Error('fence')
      },
      () => 0,
    )
    await marker.add(result(1))
    await expect(marker.flush()).rejects.toThrow('fence')
    await expect(marker.flush()).rejects.toThrow('fence')
  })
})
