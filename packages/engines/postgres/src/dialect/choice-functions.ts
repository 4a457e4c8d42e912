import type { FunctionName } from '@qarion/core'
import { sqlOf, type SqlFunction } from '@qarion/kit-sql'

import { bindOperands } from './bind.ts'
import { castAs } from './stored-type.ts'

/** The server's own words skip NULL. */
const unlessNull =
  (name: 'least' | 'greatest'): SqlFunction =>
  (args) =>
    bindOperands(
      args.map(({ sql }) => sql),
      'c',
      (names) =>
        `CASE WHEN ${names.map((x) => `${x} IS NOT NULL`).join(' AND ')} THEN ${name}(${names.join(', ')}) END`,
    )

export const CHOICE_FUNCTIONS: Readonly<Partial<Record<FunctionName, SqlFunction>>> = {
  null_if: ([a, b], result) => castAs(`nullif(${sqlOf(a)}, ${sqlOf(b)})`, result),
  least: unlessNull('least'),
  greatest: unlessNull('greatest'),
}
