import {
  createVectorBuilder,
  executionError,
  valueAt,
  type ColumnBatch,
  type ColumnVector,
  type DataType,
} from '@qarion/core'

import { aggregateAll, collect, flagsOf, withColumns } from '../frame/frames.ts'
import { aggregates, call, columnName, type NamedNode, type Node } from '../frame/node.ts'
import type { LazyFrame, Polars } from '../polars.ts'
import { decodeFrame, outgoing } from '../values/decode.ts'
import { encodeBatches, type TypedColumn } from '../values/encode.ts'
import {
  failureNumber,
  type Compilation,
  type FailureCheck,
  type RowColumn,
} from './compilation.ts'

const FAILURE: DataType = { kind: 'integer' }
const ROWS_PER_CALL = 65_536

/**
 * The frame with the columns that the compiled expressions stand on. Throws where a row fails: all rows are
 * calculated for that, so the frame is then no longer a plan but data.
 */
export async function runCompilation(
  polars: Polars,
  frame: LazyFrame,
  { layers, checks }: Compilation,
): Promise<LazyFrame> {
  let result = frame
  for (const { columns, rowColumns } of layers) {
    result = withColumns(polars, result, columns)
    if (rowColumns.length > 0) result = await withRowColumns(polars, result, rowColumns)
  }
  return checks.length === 0 ? result : check(polars, result, checks)
}

async function check(
  polars: Polars,
  frame: LazyFrame,
  checks: readonly FailureCheck[],
): Promise<LazyFrame> {
  const whole = (await collect(frame)).lazy()
  const byCode = Map.groupBy(checks, ({ code }) => code)
  const flags = [...byCode].map(([code, ofCode]): NamedNode => ({
    name: code,
    node: aggregates.any(anyRow(ofCode.map(({ node }) => node))),
  }))
  const found = await flagsOf(aggregateAll(polars, whole, flags))
  for (const [index, code] of [...byCode.keys()].entries())
    if (found[index] === true) throw executionError(code)
  return whole
}

function anyRow(conditions: readonly Node[]): Node {
  return conditions.length === 1
    ? (conditions[0] as Node)
    : call({ Boolean: 'AnyHorizontal' }, ...conditions)
}

/** Columns calculated in JavaScript, one row after the other, put beside those of the frame. */
async function withRowColumns(
  polars: Polars,
  frame: LazyFrame,
  columns: readonly RowColumn[],
): Promise<LazyFrame> {
  const whole = await collect(frame)
  const args = columns.flatMap((column) =>
    column.args.map(({ node, type }): TypedColumn => ({
      name: columnName(node) as string,
      type,
    })),
  )
  const made = columns.flatMap(({ name, type, failureName }): readonly TypedColumn[] => [
    { name, type },
    { name: failureName, type: FAILURE },
  ])
  const input = await collect(outgoing(polars, whole.lazy(), args))
  const batches: ColumnBatch[] = []
  for (const batch of decodeFrame(input, args, ROWS_PER_CALL))
    batches.push(calculate(columns, batch))
  const output = await collect(encodeBatches(polars, made, batches))
  return whole.hstack(output.getColumns()).lazy()
}

function calculate(
  columns: readonly RowColumn[],
  { rowCount, columns: args }: ColumnBatch,
): ColumnBatch {
  let from = 0
  const made: ColumnVector[] = []
  for (const column of columns) {
    const own = args.slice(from, from + column.args.length)
    from += column.args.length
    made.push(...calculateColumn(column, own, rowCount))
  }
  return { rowCount, columns: made }
}

function calculateColumn(
  { type, call: calculateRow, seesNulls }: RowColumn,
  args: readonly ColumnVector[],
  rowCount: number,
): readonly ColumnVector[] {
  const values = createVectorBuilder(type, rowCount)
  const failures = createVectorBuilder(FAILURE, rowCount)
  for (let row = 0; row < rowCount; row += 1) {
    const given = args.map((vector) => valueAt(vector, row))
    const result = !seesNulls && given.includes(null) ? null : calculateRow(...given)
    const isFailure = typeof result === 'object' && result !== null && 'failure' in result
    values.append(isFailure ? null : result)
    failures.append(isFailure ? failureNumber(result.failure) : null)
  }
  return [values.finish(), failures.finish()]
}
