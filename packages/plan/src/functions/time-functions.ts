import { DataTypes } from '@qarion/core'
import type { DataTypeKind, Expression } from '@qarion/core'

import { planError } from '../plan-errors.ts'
import {
  always,
  argumentAt,
  INTEGER,
  parameterOf,
  sameAs,
  STRING,
  type FunctionExample,
  type FunctionSignature,
  type SignatureTable,
} from './signature.ts'

const DATE: readonly DataTypeKind[] = ['date']
const TIMESTAMP: readonly DataTypeKind[] = ['timestamp']
const DAYS: readonly DataTypeKind[] = ['date', 'timestamp']
const CLOCKS: readonly DataTypeKind[] = ['time', 'timestamp']

/** Units of `date_trunc`; those of a clock need a timestamp. */
export const TRUNCATION_UNITS = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const

export type TruncationUnit = (typeof TRUNCATION_UNITS)[number]

function part(
  accepts: readonly DataTypeKind[],
  doc: string,
  example: FunctionExample,
): FunctionSignature {
  return {
    parameters: [parameterOf('x', accepts)],
    resultType: always(DataTypes.integer),
    resultText: 'integer',
    nulls: 'if_any',
    doc,
    example,
  }
}

function requireUnit(args: readonly Expression[]): void {
  const unit = argumentAt(args, 0)
  if (unit.kind !== 'literal' || unit.text === null) return
  if (!TRUNCATION_UNITS.some((known) => known === unit.text)) {
    throw planError(
      'QRN-PLAN-003',
      `date_trunc has no unit '${unit.text}'.`,
      `Units: ${TRUNCATION_UNITS.join(', ')}.`,
    )
  }
  if (
    argumentAt(args, 1).type.kind === 'date' &&
    (unit.text === 'hour' || unit.text === 'minute')
  ) {
    throw planError(
      'QRN-PLAN-003',
      `A date has no ${unit.text} to cut to.`,
      'Use a timestamp, or a unit from day on.',
    )
  }
}

export const TIME_FUNCTIONS: SignatureTable<
  | 'year'
  | 'month'
  | 'day'
  | 'hour'
  | 'minute'
  | 'second'
  | 'date_trunc'
  | 'add_days'
  | 'days_between'
  | 'add_microseconds'
  | 'microseconds_between'
> = {
  year: part(DAYS, 'The year; of a timestamp in UTC.', {
    text: "year(date '2024-02-29')",
    result: '2024',
  }),
  month: part(DAYS, 'The month, 1 to 12.', { text: "month(date '2024-02-29')", result: '2' }),
  day: part(DAYS, 'The day of the month, 1 to 31.', {
    text: "day(date '2024-02-29')",
    result: '29',
  }),
  hour: part(CLOCKS, 'The hour, 0 to 23.', {
    text: "hour(timestamp '2024-02-29T23:59:58.9Z')",
    result: '23',
  }),
  minute: part(CLOCKS, 'The minute, 0 to 59.', { text: "minute(time '23:59:58')", result: '59' }),
  second: part(CLOCKS, 'The whole second, 0 to 59; the fraction is cut off.', {
    text: "second(time '23:59:58.9')",
    result: '58',
  }),
  date_trunc: {
    parameters: [parameterOf('unit', STRING, { isLiteral: true }), parameterOf('x', DAYS)],
    resultType: (args) => {
      requireUnit(args)
      return argumentAt(args, 1).type
    },
    resultText: 'type of `x`',
    nulls: 'if_any',
    doc: 'The start of the minute, hour, day, week (ISO: Monday), month or year in UTC that `x` lies in.',
    example: { text: "date_trunc('week', date '2024-03-03')", result: '2024-02-26' },
  },
  add_days: {
    parameters: [parameterOf('x', DAYS), parameterOf('days', INTEGER)],
    resultType: sameAs(0),
    resultText: 'type of `x`',
    nulls: 'if_any',
    doc: '`x` so many days (of 24 hours) later.',
    fails: 'outside of the years 1 to 9999',
    example: { text: "add_days(date '2024-02-28', 2)", result: '2024-03-01' },
  },
  days_between: {
    parameters: [parameterOf('start', DATE), parameterOf('end', DATE)],
    resultType: always(DataTypes.integer),
    resultText: 'integer',
    nulls: 'if_any',
    doc: 'The days from `start` to `end`; negative if `end` comes first.',
    example: { text: "days_between(date '2024-03-01', date '2024-02-28')", result: '-2' },
  },
  add_microseconds: {
    parameters: [parameterOf('x', TIMESTAMP), parameterOf('microseconds', INTEGER)],
    resultType: sameAs(0),
    resultText: 'timestamp',
    nulls: 'if_any',
    doc: '`x` so many microseconds later.',
    fails: 'outside of the years 1 to 9999',
    example: {
      text: "add_microseconds(timestamp '2024-01-01T00:00:00Z', -1)",
      result: '2023-12-31T23:59:59.999999Z',
    },
  },
  microseconds_between: {
    parameters: [parameterOf('start', TIMESTAMP), parameterOf('end', TIMESTAMP)],
    resultType: always(DataTypes.integer),
    resultText: 'integer',
    nulls: 'if_any',
    doc: 'The microseconds from `start` to `end`; negative if `end` comes first.',
    example: {
      text: "microseconds_between(timestamp '2024-01-01T00:00:00Z', timestamp '2024-01-01T00:00:01Z')",
      result: '1000000',
    },
  },
}
