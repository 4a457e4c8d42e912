import { DataTypes, type DataType } from '@qarion/core'
import type { ExecutionErrorCode } from '@qarion/kit-sql'

import { castAs } from './stored-type.ts'

/**
 * An expression of `type` that fails the statement; `executionErrorIn` finds the code in the server's message, which
 * quotes what it cannot read as an integer. The clock keeps the planner from evaluating a branch that no row takes.
 */
export function fail(code: ExecutionErrorCode, type: DataType = DataTypes.integer): string {
  const unreadable = `CAST('${code}' || left(CAST(clock_timestamp() AS TEXT), 0) AS BIGINT)`
  return type.kind === 'integer' ? unreadable : castAs(`CAST(${unreadable} AS TEXT)`, type)
}
