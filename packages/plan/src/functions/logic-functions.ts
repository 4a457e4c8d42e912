import { DataTypes } from '@qarion/core'

import { always, BOOLEAN, parameterOf, type SignatureTable } from './signature.ts'

const CONDITIONS = [
  parameterOf('a', BOOLEAN),
  parameterOf('b', BOOLEAN),
  parameterOf('more', BOOLEAN, { isOptional: true, isRepeated: true }),
]

export const LOGIC_FUNCTIONS: SignatureTable<'and' | 'or' | 'not'> = {
  and: {
    parameters: CONDITIONS,
    resultType: always(DataTypes.boolean),
    resultText: 'boolean',
    nulls: 'may_be',
    doc: 'False if any argument is false, else NULL if any is NULL, else true.',
    example: { text: 'false and cast(null as boolean)', result: 'false' },
  },
  or: {
    parameters: CONDITIONS,
    resultType: always(DataTypes.boolean),
    resultText: 'boolean',
    nulls: 'may_be',
    doc: 'True if any argument is true, else NULL if any is NULL, else false.',
    example: { text: 'false or cast(null as boolean)', result: null },
  },
  not: {
    parameters: [parameterOf('x', BOOLEAN)],
    resultType: always(DataTypes.boolean),
    resultText: 'boolean',
    nulls: 'if_any',
    doc: 'The opposite of `x`.',
    example: { text: 'not true', result: 'false' },
  },
}
