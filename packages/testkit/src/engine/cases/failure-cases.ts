import { DataTypes, decimalType, type DataType, type Value } from '@qarion/core'
import {
  parseExpression,
  append,
  defineInstruction,
  defineQuery,
  aggregate,
  fromQuery,
  measure,
  named,
  select,
  column,
  window,
  windowColumn,
  ascending,
} from '@qarion/plan'

import { expectError, expectRows } from '../../suite/expect.ts'
import { rowsQuery, testDataset } from '../../support/datasets.ts'
import type { Trial } from '../trial.ts'

const { integer: INTEGER, float: FLOAT, date: DATE, timestamp: TIMESTAMP } = DataTypes
const D18 = decimalType(18, 2)

/** Reads an expression over one row of columns and expects that it fails the step. */
function failing(
  text: string,
  columns: Readonly<Record<string, readonly [DataType, Value]>>,
): (trial: Trial) => Promise<void> {
  return async (trial) => {
    const types = Object.fromEntries(Object.entries(columns).map(([name, [type]]) => [name, type]))
    const row = Object.values(columns).map(([, value]) => value)
    const list = Object.entries(types).map(([name, type]) => ({ name, type }))
    const expression = parseExpression(text, { columns: list })
    const rows = rowsQuery('t', types, [row])
    const query = defineQuery('q', [fromQuery('t'), select([named('result', expression)])])
    await expectError(() => trial.read([rows, query]), { reason: 'execution' })

    // A write that fails writes nothing.
    const target = testDataset('target', { result: expression.type })
    await trial.seed(target)
    const instruction = defineInstruction('i', [rows, query], [append('q', 'target')])
    await expectError(() => trial.run(instruction), { reason: 'execution' })
    expectRows(await trial.rows(target), [])
  }
}

const most: readonly [DataType, Value] = [INTEGER, 2n ** 63n - 1n]
const least: readonly [DataType, Value] = [INTEGER, -(2n ** 63n)]
const one: readonly [DataType, Value] = [INTEGER, 1n]
const zero: readonly [DataType, Value] = [INTEGER, 0n]

type FailureCase = (trial: Trial) => Promise<void>

/** Overflow and division by zero fail the step. */
export const FAILURE_CASES: {
  readonly [Name in `fails/${FailureName}`]: FailureCase
} = {
  'fails/integer add': failing('a + b', { a: most, b: one }),
  'fails/integer subtract': failing('a - b', { a: least, b: one }),
  'fails/integer multiply': failing('a * b', { a: [INTEGER, 2n ** 62n], b: [INTEGER, 2n] }),
  'fails/integer negate': failing('-a', { a: least }),
  'fails/integer abs': failing('abs(a)', { a: least }),
  'fails/integer div of the least by -1': failing('div(a, b)', { a: least, b: [INTEGER, -1n] }),
  'fails/divide by zero': failing('a / b', { a: one, b: zero }),
  'fails/decimal divide by zero': failing('a / b', { a: [D18, 1n], b: [D18, 0n] }),
  'fails/div by zero': failing('div(a, b)', { a: one, b: zero }),
  'fails/mod by zero': failing('mod(a, b)', { a: one, b: zero }),
  'fails/zero divided by zero': failing('a / b', { a: zero, b: zero }),
  'fails/divide overflow': failing('a / b', { a: most, b: one }),
  'fails/float overflow': failing('a * b', { a: [FLOAT, 1e308], b: [FLOAT, 10] }),
  'fails/float divide by zero': failing('a / b', { a: [FLOAT, 1], b: [FLOAT, 0] }),
  'fails/day after the last': failing('add_days(a, b)', { a: [DATE, 2_932_896], b: one }),
  'fails/day before the first': failing('add_days(a, b)', {
    a: [DATE, -719_162],
    b: [INTEGER, -1n],
  }),
  'fails/instant after the last': failing('add_microseconds(a, b)', {
    a: [TIMESTAMP, 253_402_300_799_999_999n],
    b: one,
  }),
  'fails/integer sum': async (trial) => {
    await expectSumFails(trial, 'sum')
  },
  'fails/integer running sum': async (trial) => {
    const rows = rowsQuery('t', { x: INTEGER }, [[2n ** 63n - 1n], [2n ** 63n - 2n]])
    const columns = [windowColumn('s', 'running_sum', [column('x', INTEGER)])]
    const query = defineQuery('q', [
      fromQuery('t'),
      window({ partitionBy: [], orderBy: ascending('x'), columns }),
    ])
    await expectError(() => trial.read([rows, query]), { reason: 'execution' })
  },
}

type FailureName =
  | 'integer add'
  | 'integer subtract'
  | 'integer multiply'
  | 'integer negate'
  | 'integer abs'
  | 'integer div of the least by -1'
  | 'divide by zero'
  | 'decimal divide by zero'
  | 'div by zero'
  | 'mod by zero'
  | 'zero divided by zero'
  | 'divide overflow'
  | 'float overflow'
  | 'float divide by zero'
  | 'day after the last'
  | 'day before the first'
  | 'instant after the last'
  | 'integer sum'
  | 'integer running sum'

async function expectSumFails(trial: Trial, name: 'sum'): Promise<void> {
  const rows = rowsQuery('t', { x: INTEGER }, [[2n ** 63n - 1n], [1n]])
  const measures = [measure('s', name, [column('x', INTEGER)])]
  const query = defineQuery('q', [fromQuery('t'), aggregate({ groupBy: [], measures })])
  await expectError(() => trial.read([rows, query]), { reason: 'execution' })
}
