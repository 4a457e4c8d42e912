import type { ExecutionErrorCode } from '@qarion/kit-sql'

/** An expression of any type that fails the statement; `executionErrorIn` finds the code in DuckDB's message. */
export function fail(code: ExecutionErrorCode): string {
  return `error('${code}')`
}
