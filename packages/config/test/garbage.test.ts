import { isQarionError } from '@qarion/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { FLOW, load, PROJECT } from './support.ts'

const pieces = fc.constantFrom(
  ...FLOW.split(/(?<=[\s=,])/),
  '[',
  ']]',
  '{',
  '"',
  "'''",
  '${',
  '$${env:',
  '\0',
  '\u{d800}',
  '__proto__',
  'constructor.prototype',
  '1e999',
  '2024-13-01',
  '.',
  '\r',
)
const garbage = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join('')),
  // A flow with a part cut out and something put in.
  fc
    .tuple(fc.nat(FLOW.length), fc.nat(20), pieces)
    .map(([at, length, piece]) => FLOW.slice(0, at) + piece + FLOW.slice(at + length)),
)

test('any text gives a project or a QarionError with places, never another exception', async () => {
  expect.hasAssertions()
  await fc.assert(
    fc.asyncProperty(garbage, garbage, fc.boolean(), async (flow, project, isProjectBroken) => {
      const files = { 'qarion.toml': isProjectBroken ? project : PROJECT, 'flows/a.toml': flow }
      const thrown: unknown = await load(files).then(
        () => undefined,
        (error: unknown) => error,
      )
      if (thrown === undefined) return
      if (!isQarionError(thrown)) throw thrown
      const lines = thrown.problems.map((problem) => problem.place?.line ?? 0)
      expect([thrown.code, lines.length > 0, lines.every((line) => line > 0)]).toEqual([
        'QRN-CONFIG-002',
        true,
        true,
      ])
    }),
    { numRuns: 150 },
  )
}, 60_000)
