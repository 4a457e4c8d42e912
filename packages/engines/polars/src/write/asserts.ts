import {
  formatValue,
  QarionError,
  rowsOf,
  type AssertRule,
  type ErrorCode,
  type Query,
  type Row,
} from '@qarion/core'

import { collect } from '../frame/frames.ts'
import { throwIfAborted } from '../polars-errors.ts'
import type { QueryScope } from '../query/query-context.ts'
import { runQuery } from '../query/run-query.ts'
import { decodeFrame, outgoing } from '../values/decode.ts'
import type { TypedColumn } from '../values/encode.ts'

const SAMPLE_ROWS = 5

/** Throws the error of the first guard that has violations, unless the run accepts it. */
export async function runAsserts(
  queries: readonly Query[],
  scope: QueryScope,
  accepted: readonly string[],
  acceptedGuards: Set<string>,
): Promise<void> {
  for (const { name, rules } of queries) {
    const rule = rules.at(-1)
    if (rule?.operation !== 'assert') continue
    throwIfAborted(scope.context.signal)
    const { frame, columns } = await runQuery(name, scope)
    const violations = await collect(outgoing(scope.context.polars, frame, columns))
    if (violations.height === 0) continue
    if (rule.canBeAccepted && accepted.includes(rule.guard)) acceptedGuards.add(rule.guard)
    else {
      const [sample] = decodeFrame(violations.slice(0, SAMPLE_ROWS), columns, SAMPLE_ROWS)
      const rows = sample === undefined ? [] : [...rowsOf(sample)]
      throw guardError(rule, violations.height, columns, rows)
    }
  }
}

function guardError(
  { code, message, hint, guard }: AssertRule,
  count: number,
  columns: readonly TypedColumn[],
  rows: readonly Row[],
): QarionError {
  return new QarionError(code as ErrorCode, 'guard', message.replaceAll('{count}', String(count)), {
    hint,
    data: {
      guard,
      count,
      columns: columns.map(({ name }) => name),
      sample: rows.map((row) => formatRow(row, columns)),
    },
  })
}

/** Values as text, for messages and JSON. */
export function formatRow(row: Row, columns: readonly TypedColumn[]): readonly (string | null)[] {
  return row.map((value, index) =>
    value === null ? null : formatValue((columns[index] as TypedColumn).type, value),
  )
}
