import type { FunctionName } from '@qarion/core'
import { sqlOf, type SqlFunction } from '@qarion/kit-sql'

import { storedType } from './stored-type.ts'

/** DuckDB's own `least` skips NULL; a sorted list has it first. */
const firstOf =
  (direction: 'ASC' | 'DESC'): SqlFunction =>
  (args) =>
    `list_sort([${args.map(({ sql }) => sql).join(', ')}], '${direction}', 'NULLS FIRST')[1]`

export const CHOICE_FUNCTIONS: Readonly<Partial<Record<FunctionName, SqlFunction>>> = {
  null_if: ([a, b], result) => `CAST(nullif(${sqlOf(a)}, ${sqlOf(b)}) AS ${storedType(result)})`,
  least: firstOf('ASC'),
  greatest: firstOf('DESC'),
}
