import {
  DataTypes,
  vectorFromValues,
  type Expression,
  type SeriesRule,
  type Value,
  type ValuesRule,
} from '@qarion/core'

import { compileAs } from '../expression/compile-expression.ts'
import { literalValue } from '../frame/dtypes.ts'
import { concatFrames } from '../frame/frames.ts'
import { polarsError } from '../polars-errors.ts'
import { encodeBatches, type TypedColumn } from '../values/encode.ts'
import type { QueryContext } from './query-context.ts'
import { project, type Relation } from './relation.ts'
import { noRows } from './source.ts'

/** A relation of one row, over which constants are calculated. */
function oneRow(context: QueryContext): Relation {
  const columns: readonly TypedColumn[] = [{ name: 'xt:one', type: DataTypes.integer }]
  const vector = vectorFromValues(DataTypes.integer, [1n])
  const frame = encodeBatches(context.polars, columns, [{ rowCount: 1, columns: [vector] }])
  return { frame, columns }
}

/** Constant rows. */
export async function values(
  { columns, rows }: ValuesRule,
  context: QueryContext,
): Promise<Relation> {
  if (rows.length === 0) return noRows(columns, context)
  const cells = rows.map((row) => row.map((cell) => constantOf(cell, context)))
  if (cells.every((row) => row.every((cell) => cell !== undefined))) {
    const vectors = columns.map(({ type }, index) =>
      vectorFromValues(
        type,
        cells.map((row) => row[index] ?? null),
      ),
    )
    const frame = encodeBatches(context.polars, columns, [
      { rowCount: rows.length, columns: vectors },
    ])
    return { frame, columns }
  }
  const relations = await Promise.all(
    rows.map((row) =>
      project(oneRow(context), context, (compilation) =>
        columns.map(({ name, type }, index) => ({
          name,
          operand: { node: compileAs(row[index] as Expression, type, compilation), type },
        })),
      ),
    ),
  )
  return {
    frame: concatFrames(
      context.polars,
      relations.map(({ frame }) => frame),
    ),
    columns,
  }
}

/** The value of a literal or parameter; `undefined` for other expressions. */
function constantOf(
  expression: Expression,
  { parameters }: QueryContext,
): Value | null | undefined {
  if (expression.kind === 'literal') return literalValue(expression)
  return expression.kind === 'parameter' && Object.hasOwn(parameters, expression.name)
    ? (parameters[expression.name] ?? null)
    : undefined
}

/** Equidistant integers, dates or timestamps. */
export function series({ column, start, stop, step }: SeriesRule, context: QueryContext): Relation {
  const { type } = start
  const [first, last, by] = [start, stop, step].map((bound) => boundOf(bound, context)) as [
    bigint | null,
    bigint | null,
    bigint,
  ]
  const columns: readonly TypedColumn[] = [{ name: column, type }]
  const isForward = by > 0n
  if (first === null || last === null || (isForward ? first > last : first < last))
    return noRows(columns, context)
  const count = Number((last - first) / by) + 1
  const batches = []
  for (let from = 0; from < count; from += VALUES_PER_BATCH) {
    const rowCount = Math.min(VALUES_PER_BATCH, count - from)
    const valueAt = (index: number): bigint => first + by * BigInt(from + index)
    batches.push({
      rowCount,
      columns: [
        type.kind === 'date'
          ? {
              layout: 'int32' as const,
              values: Int32Array.from({ length: rowCount }, (_, index) => Number(valueAt(index))),
            }
          : {
              layout: 'int64' as const,
              values: BigInt64Array.from({ length: rowCount }, (_, index) => valueAt(index)),
            },
      ],
    })
  }
  return { frame: encodeBatches(context.polars, columns, batches), columns }
}

const VALUES_PER_BATCH = 65_536

function boundOf(expression: Expression, context: QueryContext): bigint | null {
  const value = constantOf(expression, context)
  if (value === undefined) {
    throw polarsError(
      'QRN-POLARS-001',
      'The bounds of a series are literals or parameters that the run gives.',
    )
  }
  return value === null ? null : BigInt(value as number | bigint)
}
