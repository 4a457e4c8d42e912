import { DataTypes, type Query, type Rule } from '@qarion/core'
import { column, defineQuery, derive, filter, fromQuery, or } from '@qarion/plan'

import type { Check, RowTest } from './check.ts'

/** A check that says of each row whether it fails. */
export type RowCheck = Check & { readonly test: RowTest }

export function isRowCheck(check: Check): check is RowCheck {
  return check.test.kind === 'row'
}

/** The column that says whether a row fails the check at this place. */
export function failsColumn(place: number): ReturnType<typeof column> {
  return column(`xt_fails_${place}`, DataTypes.boolean)
}

/** The rows of `rows` as query `name`, with `failsColumn` for each check, in the order given. */
export function testRows(
  name: string,
  rows: string,
  checks: readonly RowCheck[],
): readonly Query[] {
  const made = checks.map(({ test }, place) => test.make({ rows, name: `${name}_${place}` }))
  return [
    ...made.flatMap(({ queries }) => queries),
    defineQuery(name, [
      fromQuery(rows),
      ...made.flatMap(({ rules }) => rules),
      ...(made.length === 0
        ? []
        : [
            derive(
              made.map(({ fails }, place) => ({
                name: failsColumn(place).name,
                expression: fails,
              })),
            ),
          ]),
    ]),
  ]
}

/** Only rows that fail one of so many checks. */
export function failing(count: number): Rule {
  return filter(or(...Array.from({ length: count }, (_, place) => failsColumn(place))))
}
