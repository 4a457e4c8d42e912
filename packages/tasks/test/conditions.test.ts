import { expect, test } from 'vitest'

import { passes } from '../src/conditional/condition.ts'
import { compareCanonicalNumbers } from '../src/conditional/numbers.ts'
import { callScript } from '../src/script/call-script.ts'
import { jsonProblem } from '../src/script/json-problem.ts'
import { expandBraces } from '../src/sync/expand-braces.ts'

test('numbers are compared exactly, in whatever form they come', () => {
  expect(compareCanonicalNumbers('9007199254740993', 9007199254740992)).toBe(1)
  expect(compareCanonicalNumbers('1.50', 1.5)).toBe(0)
  expect(compareCanonicalNumbers(1e21, '1000000000000000000000')).toBe(0)
  expect(compareCanonicalNumbers(1e-7, '0.0000001')).toBe(0)
  expect(compareCanonicalNumbers(-2, 1n)).toBe(-1)
  for (const other of ['', 'x', '0x1', null, true, [1], NaN, Infinity])
    expect(compareCanonicalNumbers(other, 1)).toBeUndefined()
})

test('tests on values', () => {
  expect(passes({ a: [1, { b: null }] }, { equals: { a: [1, { b: null }] } })).toBe(true)
  expect(passes({ a: 1, b: 2 }, { equals: { b: 2, a: 1 } })).toBe(true)
  expect(passes({ a: 1 }, { equals: { a: 1, b: 2 } })).toBe(false)
  expect(passes([1], { equals: { 0: 1 } })).toBe(false)
  expect(passes(null, { equals: 0 })).toBe(false)
  expect(passes('5', { equals: 5 })).toBe(false)
  expect(passes(5, { at_least: 5, less_than: 6 })).toBe(true)
  expect(passes(undefined, { at_most: 5 })).toBe(false)
  expect(passes('b', { in: ['a', 'b'] })).toBe(true)
  expect(passes('b', { in: 'abc' })).toBe(false)
  expect(passes('b', { not_equals: 'a' })).toBe(true)
})

test('what JSON cannot hold is told with the way to it', () => {
  const deep: unknown = Array.from({ length: 300 }).reduce((inner) => [inner], 1)
  expect(jsonProblem({ a: [null, 'x', true, 1.5, { b: {} }] })).toBeUndefined()
  expect(jsonProblem({ a: [1, undefined] })).toBe('the result.a[1] is of the type undefined')
  expect(jsonProblem({ a: Symbol('x') })).toBe('the result.a is of the type symbol')
  expect(jsonProblem(-Infinity)).toBe('the result is -Infinity, which JSON does not know')
  expect(jsonProblem(deep)).toMatch(/more than 200 levels deep$/)
  const shared = { x: 1 }
  expect(jsonProblem([shared, shared])).toBeUndefined()
  expect(jsonProblem(Object.create(null))).toBeUndefined()
})

test('braces stand for each of their choices', () => {
  expect(expandBraces('*.csv')).toEqual(['*.csv'])
  expect(expandBraces('{a,b}_{1,2}.csv')).toEqual(['a_1.csv', 'a_2.csv', 'b_1.csv', 'b_2.csv'])
})

test('a module is called with its context', async () => {
  const url = `data:text/javascript,${encodeURIComponent('export default ({ flow }) => ({ flow })')}`
  const reply = await callScript({ url, context: { flow: 'f' } as never })
  expect(reply).toEqual({ kind: 'value', text: '{"flow":"f"}' })
})
