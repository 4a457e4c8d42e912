import type { DataType, FlowPlan } from '@qarion/core'
import { deserialize, integer, parsePlan, serialize, serializePlan } from '@qarion/plan'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { EVERY_RULE, PLAN } from './plan-of-everything.ts'
import { problemOf, thrownBy } from './support.ts'

describe('a plan', () => {
  test('comes back as it was', () => {
    const text = serializePlan(PLAN)
    expect(parsePlan(text)).toStrictEqual(PLAN)
    expect(serializePlan(parsePlan(text))).toBe(text)
  })

  test('without a way back comes back without one', () => {
    const plan: FlowPlan = { ...PLAN, revert: undefined }
    expect(parsePlan(serializePlan(plan))).toStrictEqual(plan)
  })

  test('is the same text whatever the order of keys', () => {
    const { datasets, dag, revert } = PLAN
    expect(serializePlan({ revert, dag: { nodes: dag.nodes, flow: dag.flow }, datasets })).toBe(
      serializePlan(PLAN),
    )
  })

  test('comes back frozen', () => {
    const { dag } = parsePlan(serializePlan(PLAN))
    expect(Object.isFrozen(dag.nodes[0]?.dependsOn)).toBe(true)
  })
})

test('other roots', () => {
  expect(deserialize('queries', serialize('queries', EVERY_RULE))).toStrictEqual(EVERY_RULE)
  for (const dataset of PLAN.datasets) {
    expect(deserialize('dataset', serialize('dataset', dataset))).toStrictEqual(dataset)
  }
  for (const instruction of PLAN.revert ?? []) {
    expect(deserialize('instruction', serialize('instruction', instruction))).toStrictEqual(
      instruction,
    )
  }
})

describe('refused', () => {
  const good = serialize('expression', integer(1))
  test.each<[string, string, RegExp]>([
    ['no JSON', '{', /not JSON/],
    ['no object', '[]', /not a JSON object/],
    ['no envelope', '{"a":1}', /keys a/],
    ['an empty one', '{}', /\(none\)/],
    ['another version', good.replace('"version":1', '"version":2'), /version 2/],
    ['another kind', serialize('queries', []), /holds queries/],
    ['unknown kind of node', good.replace('"literal"', '"literl"'), /expression\.kind is "literl"/],
    ['a kind of Object', good.replace('"literal"', '"toString"'), /none of literal/],
    ['unknown key', good.replace('"text"', '"txt"'), /key txt/],
    ['missing key', good.replace('"text":"1",', ''), /expression\.text is absent/],
    ['wrong type', good.replace('"1"', '1'), /expression\.text is 1, not a text/],
    ['unknown type', good.replace('"integer"', '"int"'), /expression\.type\.kind is "int"/],
    [
      'a list',
      good.replace('{"kind":"integer"}', '[1]'),
      /expression\.type is a list, not an object/,
    ],
    ['null', good.replace('{"kind":"integer"}', 'null'), /is null, not an object/],
    ['a long text', good.replace('"literal"', `"${'x'.repeat(60)}"`), /x{40}…/],
    [
      'too deep',
      `{"version":1,"kind":"expression","data":${'{"kind":"cast","operand":'.repeat(20_000)}1${'}'.repeat(20_001)}`,
      /deep/,
    ],
  ])('%s', (_, text, message) => {
    expect(thrownBy(() => deserialize('expression', text))).toMatchObject({
      code: 'QRN-PLAN-016',
      message: expect.stringMatching(message),
    })
  })

  test('data that is not plain', () => {
    const odd = { ...integer(1), type: new Date() as unknown as DataType }
    expect(thrownBy(() => serialize('expression', odd)).message).toMatch(/not plain data/)
    const plan = structuredClone(PLAN) as unknown as { dag: { nodes: { options?: unknown }[] } }
    for (const node of plan.dag.nodes) if ('options' in node) node.options = { size: 1n }
    expect(thrownBy(() => serializePlan(plan as unknown as FlowPlan)).message).toMatch(
      /options\.size/,
    )
  })
})

test('a plan with one thing changed is read as something that can be written again, or refused', () => {
  const text = serializePlan(PLAN)
  const strange = fc.constantFrom<unknown>(null, 1, -1, 1.5, '', 'x', true, [], {}, [[]], {
    kind: 'table',
  })
  fc.assert(
    fc.property(fc.array(fc.nat(1000), { minLength: 1, maxLength: 12 }), strange, (path, value) => {
      const changed: unknown = JSON.parse(text)
      let at = changed
      let last: [object, string] | undefined
      for (const step of path) {
        if (typeof at !== 'object' || at === null || Object.keys(at).length === 0) break
        const keys = Object.keys(at)
        const key = keys[step % keys.length] ?? ''
        last = [at, key]
        at = (at as Record<string, unknown>)[key]
      }
      if (last !== undefined) (last[0] as Record<string, unknown>)[last[1]] = value
      const problem = problemOf(() => {
        const plan = parsePlan(JSON.stringify(changed))
        expect(parsePlan(serializePlan(plan))).toStrictEqual(plan)
      })
      expect(problem?.code ?? 'QRN-PLAN-016').toBe('QRN-PLAN-016')
    }),
    { numRuns: 500 },
  )
})
