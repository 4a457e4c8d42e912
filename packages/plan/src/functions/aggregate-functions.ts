import type { AggregateName } from '@qarion/core'
import { DataTypes, decimalType } from '@qarion/core'
import type { DataType, DataTypeKind } from '@qarion/core'

import { MIN_QUOTIENT_SCALE, widthOf } from '../types/numeric-types.ts'
import {
  always,
  argumentAt,
  EXACT_NUMBERS,
  parameterOf,
  sameAs,
  type SignatureTable,
} from './signature.ts'

const ANY = parameterOf('x', 'any')
const JSON_ELEMENTS: readonly DataTypeKind[] = ['boolean', 'integer', 'string', 'json']

/** Integers stay integers; decimal(p,s) gets room up to 18 digits, or 38 if it had more: the scale stays. */
export function totalType(type: DataType): DataType {
  return type.kind === 'decimal' ? decimalType(widthOf(type), type.scale) : type
}

function averageType(type: DataType): DataType {
  return decimalType(
    widthOf(type),
    Math.max(MIN_QUOTIENT_SCALE, type.kind === 'decimal' ? type.scale : 0),
  )
}

/** Examples of aggregates stand over the column `x` with the values 1, 2, 2, NULL and a column `n` with 1, 2, 3, 4. */
export const AGGREGATE_FUNCTIONS: SignatureTable<AggregateName> = {
  count: {
    parameters: [parameterOf('x', 'any', { isOptional: true })],
    resultType: always(DataTypes.integer),
    resultText: 'integer',
    nulls: 'never',
    doc: 'The number of rows; with an argument, of rows where it is not NULL. 0 over no rows.',
    example: { text: 'count(x)', result: '3' },
  },
  count_distinct: {
    parameters: [ANY],
    resultType: always(DataTypes.integer),
    resultText: 'integer',
    nulls: 'never',
    doc: 'The number of different values that are not NULL.',
    example: { text: 'count_distinct(x)', result: '2' },
  },
  sum: {
    parameters: [parameterOf('x', EXACT_NUMBERS)],
    resultType: (args) => totalType(argumentAt(args, 0).type),
    resultText:
      'integer of integers; decimal(18, s) of a decimal with up to 18 digits; else decimal(38, s)',
    nulls: 'may_be',
    doc: 'The exact sum of the values that are not NULL; NULL if there are none.',
    fails: 'on overflow of the result',
    example: { text: 'sum(x)', result: '5' },
  },
  min: {
    parameters: [ANY],
    resultType: sameAs(0),
    resultText: 'type of `x`',
    nulls: 'may_be',
    doc: 'The value that comes first in order; NULLs are left out; NULL if there are no others.',
    example: { text: 'min(x)', result: '1' },
  },
  max: {
    parameters: [ANY],
    resultType: sameAs(0),
    resultText: 'type of `x`',
    nulls: 'may_be',
    doc: 'The value that comes last in order; NULLs are left out; NULL if there are no others.',
    example: { text: 'max(x)', result: '2' },
  },
  avg: {
    parameters: [parameterOf('x', EXACT_NUMBERS)],
    resultType: (args) => averageType(argumentAt(args, 0).type),
    resultText:
      'decimal(18, max(6, s)); decimal(38, max(6, s)) of a decimal with more than 18 digits',
    nulls: 'may_be',
    doc: 'The exact sum divided by the number of values that are not NULL, rounded half away from zero; NULL if there are none.',
    fails: 'on overflow of the result',
    example: { text: 'avg(x)', result: '1.666667' },
  },
  arg_min: {
    parameters: [ANY, parameterOf('by', 'any')],
    resultType: sameAs(0),
    resultText: 'type of `x`',
    nulls: 'may_be',
    doc: 'The `x` (also a NULL) of the row with the least `by`; rows where `by` is NULL are left out; of several such rows the least `x`, NULL before all.',
    example: { text: 'arg_min(n, x)', result: '1' },
  },
  arg_max: {
    parameters: [ANY, parameterOf('by', 'any')],
    resultType: sameAs(0),
    resultText: 'type of `x`',
    nulls: 'may_be',
    doc: 'The `x` (also a NULL) of the row with the greatest `by`; rows where `by` is NULL are left out; of several such rows the least `x`, NULL before all.',
    example: { text: 'arg_max(n, x)', result: '2' },
  },
  collect: {
    parameters: [parameterOf('x', JSON_ELEMENTS)],
    resultType: always(DataTypes.json),
    resultText: 'json',
    nulls: 'never',
    doc: 'The values in the given order as canonical text of a JSON array; NULL is `null` in it; `[]` over no rows.',
    example: { text: 'collect(x)', result: '[1,2,2,null]' },
  },
}
