import { commonType, requireComparable } from '../types/common-type.ts'
import { argumentAt, parameterOf, type SignatureTable } from './signature.ts'

const SEVERAL = [
  parameterOf('a', 'any'),
  parameterOf('b', 'any'),
  parameterOf('more', 'any', { isOptional: true, isRepeated: true }),
]
const COMMON =
  'the type that all fit: their own, or the decimal that holds integers and decimals alike'

export const CHOICE_FUNCTIONS: SignatureTable<'coalesce' | 'null_if' | 'least' | 'greatest'> = {
  coalesce: {
    parameters: SEVERAL,
    resultType: (args) => commonType(args, 'coalesce'),
    resultText: COMMON,
    nulls: 'if_all',
    doc: 'The first argument that is not NULL.',
    example: { text: "coalesce(cast(null as string), '', 'a')", result: '' },
  },
  null_if: {
    parameters: [parameterOf('a', 'any'), parameterOf('b', 'any')],
    resultType: (args) => {
      requireComparable(args, 'null_if')
      return argumentAt(args, 0).type
    },
    resultText: 'type of `a`',
    nulls: 'may_be',
    doc: 'NULL if both are equal, else `a`.',
    example: { text: "null_if('a', 'a')", result: null },
  },
  least: {
    parameters: SEVERAL,
    resultType: (args) => commonType(args, 'least'),
    resultText: COMMON,
    nulls: 'if_any',
    doc: 'The argument that comes first in order.',
    example: { text: 'least(2, 1.5)', result: '1.5' },
  },
  greatest: {
    parameters: SEVERAL,
    resultType: (args) => commonType(args, 'greatest'),
    resultText: COMMON,
    nulls: 'if_any',
    doc: 'The argument that comes last in order.',
    example: { text: "greatest('a', 'B', 'b')", result: 'b' },
  },
}
