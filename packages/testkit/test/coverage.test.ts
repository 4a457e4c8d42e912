import { AGGREGATE_NAMES, FUNCTION_NAMES, WINDOW_NAMES } from '@qarion/core'
import { CAST_RULES } from '@qarion/plan'
import { engineSuite } from '@qarion/testkit'
import { expect, it } from 'vitest'

import { createRecorder } from './support/recorder.ts'
import { refusingEngine } from './support/refusing-engine.ts'

it('has a case for every function, aggregate, window and cast', () => {
  const recorder = createRecorder()
  engineSuite(recorder.it, refusingEngine)
  const names = new Set(recorder.names())
  const wanted = [
    ...FUNCTION_NAMES.map((name) => `function/${name}`),
    ...AGGREGATE_NAMES.map((name) => `aggregate/${name}`),
    ...WINDOW_NAMES.map((name) => `window/${name}`),
    ...CAST_RULES.map(({ from, to }) => `cast/${from} to ${to}`),
  ]
  expect(wanted.filter((name) => !names.has(name) || !names.has(`${name} (parsed again)`))).toEqual(
    [],
  )
})
