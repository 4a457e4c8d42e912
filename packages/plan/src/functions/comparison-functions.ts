import { DataTypes } from '@qarion/core'

import { requireComparable } from '../types/common-type.ts'
import { parameterOf, type FunctionSignature, type SignatureTable } from './signature.ts'

const PAIR = [parameterOf('a', 'any'), parameterOf('b', 'any')]

function comparison(name: string, doc: string, text: string, result: string): FunctionSignature {
  return {
    parameters: PAIR,
    resultType: (args) => {
      requireComparable(args, name)
      return DataTypes.boolean
    },
    resultText: 'boolean',
    nulls: 'if_any',
    doc,
    example: { text, result },
  }
}

function nullSafe(name: string, doc: string, text: string, result: string): FunctionSignature {
  return { ...comparison(name, doc, text, result), nulls: 'never' }
}

export const COMPARISON_FUNCTIONS: SignatureTable<
  | 'equal'
  | 'not_equal'
  | 'less'
  | 'less_or_equal'
  | 'greater'
  | 'greater_or_equal'
  | 'is_distinct'
  | 'is_not_distinct'
  | 'is_null'
  | 'is_not_null'
> = {
  equal: comparison(
    'equal',
    'Whether both are equal; strings and JSON by code point, numbers by value.',
    "'a' = 'A'",
    'false',
  ),
  not_equal: comparison('not_equal', 'Whether the two differ.', '1 <> 1.0', 'false'),
  less: comparison(
    'less',
    'Whether `a` comes before `b`; false comes before true.',
    "'B' < 'a'",
    'true',
  ),
  less_or_equal: comparison(
    'less_or_equal',
    'Whether `a` comes before `b` or equals it.',
    '2 <= 2.00',
    'true',
  ),
  greater: comparison(
    'greater',
    'Whether `a` comes after `b`.',
    "date '2024-02-01' > date '2024-01-31'",
    'true',
  ),
  greater_or_equal: comparison(
    'greater_or_equal',
    'Whether `a` comes after `b` or equals it.',
    '1 >= 2',
    'false',
  ),
  is_distinct: nullSafe(
    'is_distinct',
    'Whether the two differ, where NULL equals NULL.',
    'cast(null as integer) is distinct from 1',
    'true',
  ),
  is_not_distinct: nullSafe(
    'is_not_distinct',
    'Whether the two are equal, where NULL equals NULL.',
    'cast(null as integer) is not distinct from 1',
    'false',
  ),
  is_null: {
    parameters: [parameterOf('x', 'any')],
    resultType: () => DataTypes.boolean,
    resultText: 'boolean',
    nulls: 'never',
    doc: 'Whether `x` is NULL.',
    example: { text: "'' is null", result: 'false' },
  },
  is_not_null: {
    parameters: [parameterOf('x', 'any')],
    resultType: () => DataTypes.boolean,
    resultText: 'boolean',
    nulls: 'never',
    doc: 'Whether `x` is not NULL.',
    example: { text: "'' is not null", result: 'true' },
  },
}
