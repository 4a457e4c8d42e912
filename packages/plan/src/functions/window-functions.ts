import type { WindowName } from '@qarion/core'
import { DataTypes } from '@qarion/core'

import { totalType } from './aggregate-functions.ts'
import {
  always,
  argumentAt,
  EXACT_NUMBERS,
  INTEGER,
  parameterOf,
  sameAs,
  type SignatureTable,
} from './signature.ts'

const ANY = parameterOf('x', 'any')
const OFFSET = parameterOf('offset', INTEGER, { isLiteral: true, isOptional: true })

/** Examples of window functions stand in the third row over the column `x` with the values 1, 2, 4, NULL in order. */
export const WINDOW_FUNCTIONS: SignatureTable<WindowName> = {
  row_number: {
    parameters: [],
    resultType: always(DataTypes.integer),
    resultText: 'integer',
    nulls: 'never',
    doc: 'The place of the row in its partition, from 1.',
    example: { text: 'row_number()', result: '3' },
  },
  lag: {
    parameters: [ANY, OFFSET],
    resultType: sameAs(0),
    resultText: 'type of `x`',
    nulls: 'may_be',
    doc: 'The `x` of the row so many places before (default 1, at least 1); NULL if there is none.',
    example: { text: 'lag(x)', result: '2' },
  },
  lead: {
    parameters: [ANY, OFFSET],
    resultType: sameAs(0),
    resultText: 'type of `x`',
    nulls: 'may_be',
    doc: 'The `x` of the row so many places after (default 1, at least 1); NULL if there is none.',
    example: { text: 'lead(x)', result: null },
  },
  first: {
    parameters: [ANY],
    resultType: sameAs(0),
    resultText: 'type of `x`',
    nulls: 'may_be',
    doc: 'The `x` (also a NULL) of the first row of the partition.',
    example: { text: 'first(x)', result: '1' },
  },
  last: {
    parameters: [ANY],
    resultType: sameAs(0),
    resultText: 'type of `x`',
    nulls: 'may_be',
    doc: 'The `x` (also a NULL) of the last row of the partition.',
    example: { text: 'last(x)', result: null },
  },
  running_sum: {
    parameters: [parameterOf('x', EXACT_NUMBERS)],
    resultType: (args) => totalType(argumentAt(args, 0).type),
    resultText: 'as `sum`',
    nulls: 'may_be',
    doc: 'The exact sum of the values that are not NULL up to and with the row; NULL if there are none.',
    fails: 'on overflow of the result',
    example: { text: 'running_sum(x)', result: '7' },
  },
  running_count: {
    parameters: [parameterOf('x', 'any', { isOptional: true })],
    resultType: always(DataTypes.integer),
    resultText: 'integer',
    nulls: 'never',
    doc: 'The number of rows up to and with the row; with an argument, of those where it is not NULL.',
    example: { text: 'running_count(x)', result: '3' },
  },
  running_min: {
    parameters: [ANY],
    resultType: sameAs(0),
    resultText: 'type of `x`',
    nulls: 'may_be',
    doc: 'The value up to and with the row that comes first in order; NULLs are left out.',
    example: { text: 'running_min(x)', result: '1' },
  },
  running_max: {
    parameters: [ANY],
    resultType: sameAs(0),
    resultText: 'type of `x`',
    nulls: 'may_be',
    doc: 'The value up to and with the row that comes last in order; NULLs are left out.',
    example: { text: 'running_max(x)', result: '4' },
  },
}
