import { isSameType } from '@qarion/core'
import type { DataType, DataTypeKind } from '@qarion/core'

import { deepFreeze } from '../freeze.ts'

/** One conversion of the closed cast table. */
export interface CastRule {
  readonly from: DataTypeKind
  readonly to: DataTypeKind
  readonly doc: string
}

const STRICT = 'strict text form; anything else fails the step'

function rule(from: DataTypeKind, to: DataTypeKind, doc: string): CastRule {
  return { from, to, doc }
}

/** Every allowed conversion between kinds; a type may always be cast to itself. NULL stays NULL. */
export const CAST_RULES: readonly CastRule[] = deepFreeze([
  rule('boolean', 'string', '`true`, `false`'),
  rule('integer', 'string', 'digits, with `-` if negative'),
  rule('decimal', 'string', 'all digits of the scale: 1.5 as decimal(4,2) is `1.50`'),
  rule('date', 'string', '`YYYY-MM-DD`'),
  rule('time', 'string', '`HH:MM:SS`, with `.ffffff` if the fraction is not zero'),
  rule(
    'timestamp',
    'string',
    '`YYYY-MM-DDTHH:MM:SSZ`, with `.ffffff` before the `Z` if the fraction is not zero',
  ),
  rule('json', 'string', 'the canonical text'),
  rule('string', 'boolean', STRICT),
  rule('string', 'integer', STRICT),
  rule('string', 'decimal', `${STRICT}, also non-zero digits beyond the scale`),
  rule('string', 'float', STRICT),
  rule('string', 'date', STRICT),
  rule('string', 'time', STRICT),
  rule('string', 'timestamp', `${STRICT}; no offset means UTC`),
  rule('integer', 'decimal', 'exact, or fails the step'),
  rule(
    'decimal',
    'integer',
    'exact, or fails the step: cast(1.0 as integer) is 1, of 1.5 it fails',
  ),
  rule('decimal', 'decimal', 'exact, or fails the step: round first where digits may be lost'),
  rule('integer', 'float', 'the nearest float, ties to even'),
  rule('decimal', 'float', 'the nearest float, ties to even'),
  rule(
    'float',
    'decimal',
    'the exact value of the float, rounded half away from zero; fails on overflow',
  ),
  rule('boolean', 'integer', '1 for true, 0 for false'),
  rule('timestamp', 'date', 'the day in UTC'),
  rule('date', 'timestamp', 'midnight in UTC'),
])

const ALLOWED: ReadonlySet<string> = new Set(CAST_RULES.map(({ from, to }) => `${from}>${to}`))

/** Whether the cast table converts one type to the other. */
export function canCast(from: DataType, to: DataType): boolean {
  return isSameType(from, to) || ALLOWED.has(`${from.kind}>${to.kind}`)
}
