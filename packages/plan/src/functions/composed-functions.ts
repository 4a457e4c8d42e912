import { DataTypes } from '@qarion/core'
import type { DataTypeKind } from '@qarion/core'

import { always, parameterOf, STRING, type SignatureTable } from './signature.ts'

/** Types with one text form that every engine gives alike; floats and bytes have none. */
const KEY_PARTS: readonly DataTypeKind[] = [
  'boolean',
  'integer',
  'decimal',
  'string',
  'date',
  'time',
  'timestamp',
  'json',
]

export const COMPOSED_FUNCTIONS: SignatureTable<'key_text' | 'json_array'> = {
  key_text: {
    parameters: [
      parameterOf('part', KEY_PARTS),
      parameterOf('more', KEY_PARTS, { isOptional: true, isRepeated: true }),
    ],
    resultType: always(DataTypes.string),
    resultText: 'string',
    nulls: 'never',
    doc: 'Canonical text of a composed key: the text form of each part (`time` and `timestamp` in microseconds as integers), in it `\\` as `\\\\` and `|` as `\\|`, a NULL part as `\\N`, joined by `|`.',
    example: { text: "key_text('a|b', cast(null as string), 7)", result: 'a\\|b|\\N|7' },
  },
  json_array: {
    parameters: [
      parameterOf('text', STRING),
      parameterOf('more', STRING, { isOptional: true, isRepeated: true }),
    ],
    resultType: always(DataTypes.json),
    resultText: 'json',
    nulls: 'never',
    doc: 'The arguments that are not NULL, in order, as canonical text of a JSON array of strings.',
    example: { text: "json_array('a', cast(null as string), '\"')", result: '["a","\\""]' },
  },
}
