import type { CheckType } from './check.ts'
import {
  readAcceptedValues,
  readCompleteness,
  readExpression,
  readForeignKey,
  readLength,
  readPattern,
  readRange,
  readUniqueness,
} from './row-tests.ts'
import { readFreshness, readRowCount } from './set-tests.ts'

/** The checks that there are. Of row checks, a row with NULL passes all but `completeness`. */
export const CHECK_TYPES: Readonly<Record<string, CheckType>> = Object.freeze({
  completeness: {
    doc: 'No column is NULL.',
    columns: 'some',
    config: {},
    kind: 'row',
    read: readCompleteness,
  },
  uniqueness: {
    doc: 'No other row has the same values in the columns.',
    columns: 'some',
    config: {},
    kind: 'row',
    read: readUniqueness,
  },
  accepted_values: {
    doc: 'Each column holds one of the values.',
    columns: 'some',
    config: { values: 'The values.' },
    kind: 'row',
    read: readAcceptedValues,
  },
  range: {
    doc: 'Each column (numbers, dates, times) lies between the bounds, which belong to it.',
    columns: 'some',
    config: { min: 'The least.', max: 'The greatest.' },
    kind: 'row',
    read: readRange,
  },
  length: {
    doc: 'Each text has so many characters (code points).',
    columns: 'some',
    config: { min: 'The fewest.', max: 'The most.' },
    kind: 'row',
    read: readLength,
  },
  pattern: {
    doc: 'The pattern is found in each text; `^` and `$` hold it to the whole.',
    columns: 'some',
    config: { pattern: 'A pattern as `matches` takes it.' },
    kind: 'row',
    read: readPattern,
  },
  foreign_key: {
    doc: 'The values of the columns together are in a dataset of another flow, as it is now.',
    columns: 'some',
    config: {
      dataset_id: 'The dataset.',
      columns: 'Its columns, in the order of those of the check; the same names if absent.',
    },
    kind: 'row',
    read: readForeignKey,
  },
  expression: {
    doc: 'The condition is not false.',
    columns: 'none_or_some',
    config: { expression: 'A condition over the columns of the rows.' },
    kind: 'row',
    read: readExpression,
  },
  freshness: {
    doc: 'The newest value of a timestamp or date column is not too long before the time of the batch; no value fails.',
    columns: 'one',
    config: { max_age: 'The longest time, as in `24h`.' },
    kind: 'set',
    read: readFreshness,
  },
  row_count: {
    doc: 'There are so many rows; compared with the batch before, the first passes.',
    columns: 'none_or_some',
    config: {
      min: 'The fewest.',
      max: 'The most.',
      max_increase: 'The largest growth, as a part of the rows of the batch before.',
      max_decrease: 'The largest loss, likewise.',
    },
    kind: 'set',
    read: readRowCount,
  },
} satisfies Record<string, CheckType>)
