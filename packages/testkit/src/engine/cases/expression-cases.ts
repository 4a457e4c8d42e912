import { DataTypes, type CaseExpression, type Expression, type Row } from '@qarion/core'
import {
  call,
  caseWhen,
  column,
  defineQuery,
  derive,
  equal,
  fromQuery,
  integer,
  isIn,
  named,
  parameter,
  select,
  sort,
  ascending,
  text,
} from '@qarion/plan'

import { expectRows } from '../../suite/expect.ts'
import { rowsQuery } from '../../support/datasets.ts'
import type { Trial } from '../trial.ts'

const { integer: INTEGER, string: STRING } = DataTypes
const id = column('id', INTEGER)
const rows: readonly Row[] = [[0n], [1n], [2n], [null]] // prettier-ignore

/** The values of an expression over id = 0, 1, 2, NULL. */
async function valuesOf(
  trial: Trial,
  expression: Expression,
  parameters: Readonly<Record<string, bigint | string | null>> = {},
): Promise<readonly unknown[]> {
  const t = rowsQuery('t', { id: INTEGER }, rows)
  const rules = [
    fromQuery('t'),
    derive([named('result', expression)]),
    sort(ascending('id', 'last')),
  ]
  const q = defineQuery('q', [
    ...rules,
    select([named('result', column('result', expression.type))]),
  ])
  return (await trial.read([t, q], { parameters })).map(([value]) => value)
}

async function expectValues(
  trial: Trial,
  expression: Expression,
  expected: readonly (string | bigint | boolean | null)[],
  parameters: Readonly<Record<string, bigint | string | null>> = {},
): Promise<void> {
  const values = await valuesOf(trial, expression, parameters)
  expectRows(
    values.map((value) => [value as string | null]),
    expected.map((value) => [value]),
  )
}

function branch(when: Expression, result: Expression): CaseExpression['branches'][number] {
  return { when, then: result }
}

/** What expressions are besides calls. */
export const EXPRESSION_CASES = {
  'expression/case takes the first that is true': async (trial: Trial): Promise<void> => {
    const branches = [
      branch(equal(id, integer(1)), text('one')),
      branch(call('less', id, integer(2)), text('below two')),
    ]
    await expectValues(trial, caseWhen(branches, text('else')), [
      'below two',
      'one',
      'else',
      'else',
    ])
    await expectValues(trial, caseWhen(branches), ['below two', 'one', null, null])
  },
  'expression/case guards what would fail': async (trial: Trial): Promise<void> => {
    const branches = [branch(equal(id, integer(0)), integer(0))]
    await expectValues(trial, caseWhen(branches, call('div', integer(10), id)), [0n, 10n, 5n, null])
  },
  'expression/in, NULL gives NULL': async (trial: Trial): Promise<void> => {
    const items = [integer(1), parameter('p', INTEGER)]
    await expectValues(trial, isIn(id, items), [false, true, true, null], { p: 2n })
    await expectValues(trial, isIn(id, items, { isNegated: true }), [true, false, false, null], {
      p: 2n,
    })
  },
  'expression/parameters, NULL among them': async (trial: Trial): Promise<void> => {
    const label = call('concat', parameter('p', STRING), text('!'))
    await expectValues(trial, label, ['x!', 'x!', 'x!', 'x!'], { p: 'x' })
    await expectValues(trial, label, [null, null, null, null], { p: null })
  },
  'expression/nested deeply': async (trial: Trial): Promise<void> => {
    let sum: Expression = id
    for (let depth = 0; depth < 150; depth += 1) sum = call('add', sum, integer(1))
    await expectValues(trial, sum, [150n, 151n, 152n, null])
  },
}
