import { DataTypes } from '@qarion/core'
import type { DataType } from '@qarion/core'

import { parsePattern } from '../pattern/parse-pattern.ts'
import { planError } from '../plan-errors.ts'
import {
  always,
  INTEGER,
  parameterOf,
  STRING,
  type FunctionExample,
  type FunctionSignature,
  type SignatureTable,
} from './signature.ts'

const TEXT = parameterOf('text', STRING)
const PART = parameterOf('part', STRING)

function textFunction(
  result: DataType,
  parameters: FunctionSignature['parameters'],
  doc: string,
  example: FunctionExample,
): FunctionSignature {
  return {
    parameters,
    resultType: always(result),
    resultText: result.kind,
    nulls: 'if_any',
    doc,
    example,
  }
}

export const TEXT_FUNCTIONS: SignatureTable<
  | 'concat'
  | 'length'
  | 'lower'
  | 'upper'
  | 'trim'
  | 'trim_start'
  | 'trim_end'
  | 'substring'
  | 'replace'
  | 'position'
  | 'starts_with'
  | 'ends_with'
  | 'contains'
  | 'like'
  | 'matches'
> = {
  concat: textFunction(
    DataTypes.string,
    [
      parameterOf('a', STRING),
      parameterOf('b', STRING),
      parameterOf('more', STRING, { isOptional: true, isRepeated: true }),
    ],
    'The arguments one after the other (`a || b`).',
    { text: "'a' || '-' || 'b'", result: 'a-b' },
  ),
  length: textFunction(DataTypes.integer, [TEXT], 'The number of code points.', {
    text: "length('né😀')",
    result: '3',
  }),
  lower: textFunction(DataTypes.string, [TEXT], 'A–Z as a–z; other letters stay.', {
    text: "lower('ÄB')",
    result: 'Äb',
  }),
  upper: textFunction(DataTypes.string, [TEXT], 'a–z as A–Z; other letters stay.', {
    text: "upper('äb')",
    result: 'äB',
  }),
  trim: textFunction(DataTypes.string, [TEXT], 'Without blanks (U+0020) at both ends.', {
    text: "trim('  a b ')",
    result: 'a b',
  }),
  trim_start: textFunction(DataTypes.string, [TEXT], 'Without blanks (U+0020) at the start.', {
    text: "trim_start('  a ')",
    result: 'a ',
  }),
  trim_end: textFunction(DataTypes.string, [TEXT], 'Without blanks (U+0020) at the end.', {
    text: "trim_end('  a ')",
    result: '  a',
  }),
  substring: textFunction(
    DataTypes.string,
    [TEXT, parameterOf('start', INTEGER), parameterOf('length', INTEGER, { isOptional: true })],
    'The code points at the places from `start` (the first is 1) to before `start + length`, or to the end; places outside of the text give nothing.',
    { text: "substring('abc', 0, 2)", result: 'a' },
  ),
  replace: textFunction(
    DataTypes.string,
    [TEXT, PART, parameterOf('by', STRING)],
    'Every `part`, found from the left without overlap, replaced; an empty `part` changes nothing.',
    { text: "replace('aaa', 'aa', 'b')", result: 'ba' },
  ),
  position: textFunction(
    DataTypes.integer,
    [TEXT, PART],
    'The place in code points, from 1, where `part` first stands; 0 if it does not; 1 for an empty `part`.',
    { text: "position('banana', 'an')", result: '2' },
  ),
  starts_with: textFunction(DataTypes.boolean, [TEXT, PART], 'Whether `text` starts with `part`.', {
    text: "starts_with('abc', '')",
    result: 'true',
  }),
  ends_with: textFunction(DataTypes.boolean, [TEXT, PART], 'Whether `text` ends with `part`.', {
    text: "ends_with('abc', 'BC')",
    result: 'false',
  }),
  contains: textFunction(
    DataTypes.boolean,
    [TEXT, PART],
    'Whether `part` stands somewhere in `text`.',
    { text: "contains('a%c', '%')", result: 'true' },
  ),
  like: {
    parameters: [TEXT, parameterOf('pattern', STRING, { isLiteral: true })],
    resultType: (args) => {
      const pattern = args[1]
      if (pattern?.kind === 'literal' && pattern.text !== null) requireLikePattern(pattern.text)
      return DataTypes.boolean
    },
    resultText: 'boolean',
    nulls: 'if_any',
    doc: 'Whether the whole text fits: `%` any text, `_` one code point, `\\` before `%`, `_` or `\\` takes it as it is; case counts.',
    example: { text: "'a_c' like 'a\\_%'", result: 'true' },
  },
  matches: {
    parameters: [TEXT, parameterOf('pattern', STRING, { isLiteral: true })],
    resultType: (args) => {
      const pattern = args[1]
      if (pattern?.kind === 'literal' && pattern.text !== null) parsePattern(pattern.text)
      return DataTypes.boolean
    },
    resultText: 'boolean',
    nulls: 'if_any',
    doc: 'Whether the pattern is found somewhere in `text`: see "Patterns".',
    example: { text: "matches('AB-12', '^[A-Z]{2}-\\d+$')", result: 'true' },
  },
}

function requireLikePattern(pattern: string): void {
  if (/^(?:[^\\]|\\[%_\\])*$/u.test(pattern)) return
  throw planError(
    'QRN-PLAN-003',
    `The pattern '${pattern}' has a backslash that stands before none of % _ \\.`,
    'Write \\\\ for a backslash.',
  )
}
