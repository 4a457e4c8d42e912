import { QarionError } from '@qarion/core'
import {
  engineSuite,
  repositorySuite,
  runSuite,
  type Gap,
  type RepositoryCaseName,
  type SuiteCase,
} from '@qarion/testkit'
import { describe, expect, it } from 'vitest'

import { memoryRepository } from './support/memory-repository.ts'
import { createRecorder, failuresOf } from './support/recorder.ts'
import { refusingEngine } from './support/refusing-engine.ts'

describe('a repository in memory', () => {
  repositorySuite(it, memoryRepository())
})

describe('a suite', () => {
  it.each([
    [
      'lists oldest first',
      ['runs/newest first', 'runs/by flow, up to a limit', 'runs/saved at the same time'],
    ],
    ['ignores the limit', ['runs/by flow, up to a limit']],
    [
      'mixes kinds',
      [
        'definitions/saved, got and put in place',
        'definitions/kinds stay apart',
        'definitions/ids meant to break out',
      ],
    ],
    ['keeps one entry', ['schemas/oldest first', 'schemas/appended at the same time']],
  ] as const)('fails the right cases of one that %s', async (fault, expected) => {
    const recorder = createRecorder()
    repositorySuite(recorder.it, memoryRepository(fault))
    expect(failuresOf(await recorder.run())).toEqual(expected)
  })

  it('fails nearly every case of an engine that does nothing', async () => {
    const recorder = createRecorder()
    engineSuite(recorder.it, refusingEngine)
    const outcomes = await recorder.run()
    const passed = outcomes.filter(({ error }) => error === undefined).map(({ name }) => name)
    expect(outcomes.length).toBeGreaterThan(300)
    // What asks nothing of an engine, or something optional.
    expect(passed).toEqual(['open/closing twice is fine', 'commit/no operations'])
  })

  it('has each name once', () => {
    const recorder = createRecorder()
    engineSuite(recorder.it, refusingEngine)
    repositorySuite(recorder.it, memoryRepository())
    expect(new Set(recorder.names()).size).toBe(recorder.names().length)
  })
})

function failing(thrown: unknown): readonly SuiteCase<string>[] {
  return [{ name: 'one', run: () => Promise.reject(thrown) }]
}

describe('a gap', () => {
  const gap: Gap<RepositoryCaseName> = {
    case: 'runs/newest first',
    kind: 'notYet',
    reason: 'sorting comes later',
  }

  it('turns a failure into a pass, visibly', async () => {
    const recorder = createRecorder()
    repositorySuite(recorder.it, memoryRepository('lists oldest first'), { gaps: [gap] })
    const outcomes = await recorder.run('runs/newest first')
    expect(outcomes).toEqual([
      { name: 'runs/newest first [notYet: sorting comes later]', error: undefined },
    ])
  })

  it('fails once its case passes', async () => {
    const recorder = createRecorder()
    repositorySuite(recorder.it, memoryRepository(), { gaps: [gap] })
    const [outcome] = await recorder.run('runs/newest first')
    expect(String(outcome?.error)).toContain('passes now: remove its gap')
  })

  it('of an unknown case is an error', () => {
    // @ts-expect-error -- an unknown name does not compile either
    const unknown: Gap<RepositoryCaseName> = { case: 'runs/eaten', kind: 'notYet', reason: '' }
    const recorder = createRecorder()
    expect(() => repositorySuite(recorder.it, memoryRepository(), { gaps: [unknown] })).toThrow(
      'runs/eaten',
    )
    expect(() => repositorySuite(recorder.it, memoryRepository(), { gaps: [gap, gap] })).toThrow(
      'two gaps',
    )
  })

  it('with a code wants that code', async () => {
    const refusal = new QarionError('QRN-SQL-002', 'unsupported', 'No.')
    const right: Gap<string> = { case: 'one', kind: 'never', reason: 'cannot', code: 'QRN-SQL-002' }
    const recorder = createRecorder()
    runSuite(recorder.it, failing(refusal), [right])
    runSuite(recorder.it, failing(new Error('around', { cause: refusal })), [right])
    runSuite(recorder.it, failing(new Error('other')), [right])
    runSuite(recorder.it, failing(refusal), [{ ...right, code: 'QRN-SQL-001' }])
    const outcomes = await recorder.run()
    expect(outcomes.map(({ error }) => error === undefined)).toEqual([true, true, false, false])
  })
})
