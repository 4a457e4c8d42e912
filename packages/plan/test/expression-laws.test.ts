import {
  checkExpression,
  deserialize,
  parseExpression,
  printExpression,
  serialize,
  transformExpression,
  withoutPlaces,
} from '@qarion/plan'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { COLUMNS, expressions, PARAMETERS } from './choices.ts'
import { problemOf } from './support.ts'

const RUNS = { numRuns: 250 }

test('printing and parsing give the same tree', () => {
  fc.assert(
    fc.property(expressions, (expression) => {
      const text = printExpression(expression)
      const parsed = parseExpression(text, { columns: COLUMNS, parameters: PARAMETERS })
      expect(withoutPlaces(parsed)).toEqual(expression)
      expect(printExpression(parsed)).toBe(text)
    }),
    RUNS,
  )
})

test('serialising and parsing give the same tree', () => {
  fc.assert(
    fc.property(expressions, (expression) => {
      const text = serialize('expression', expression)
      const again = deserialize('expression', text)
      expect(again).toStrictEqual(expression)
      expect(serialize('expression', again)).toBe(text)
    }),
    RUNS,
  )
})

test('what builders make passes the check', () => {
  const columns = COLUMNS.map((column) => ({ ...column, nullable: false }))
  fc.assert(
    fc.property(expressions, (expression) => {
      expect(typeof checkExpression(expression, columns)).toBe('boolean')
      expect(transformExpression(expression, (node) => node)).toBe(expression)
    }),
    RUNS,
  )
})

test('no text makes the parser throw anything but a QarionError of its own', () => {
  const words = fc.constantFrom(
    'and',
    'or',
    'not',
    'is',
    'null',
    'distinct',
    'from',
    'in',
    'like',
    'between',
    'case',
    'when',
    'then',
    'else',
    'end',
    'cast',
    'as',
    'date',
    'decimal',
    'integer',
    'a_integer',
    'a_string',
    ':p_boolean',
    "'x'",
    '"and"',
    '1',
    '1.5',
    '2e3',
    '-',
    '+',
    '*',
    '/',
    '||',
    '=',
    '<>',
    '<=',
    '(',
    ')',
    ',',
    'coalesce',
    'round',
    'date_trunc',
    ':',
    '.',
    '%',
    '::',
    "'",
    '"',
    'é',
    '\u0000',
    '\ud800',
  )
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(words, { maxLength: 15 }).map((all) => all.join(' ')),
  )
  fc.assert(
    fc.property(texts, fc.boolean(), (text, isPlaced) => {
      const problem = problemOf(() =>
        parseExpression(text, {
          columns: COLUMNS,
          parameters: PARAMETERS,
          ...(isPlaced ? { at: { file: 'flow.toml', line: 3, column: 5, excerpt: 'x' } } : {}),
        }),
      )
      expect(problem?.code ?? 'QRN-EXPR-000').toMatch(/^QRN-EXPR-\d{3}$/)
      expect(problem?.hint ?? 'parsed').not.toBe('')
      expect(problem === undefined || (problem.place !== undefined) === isPlaced).toBe(true)
    }),
    { numRuns: 2000 },
  )
})
