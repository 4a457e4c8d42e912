import {
  DataTypes,
  type AggregateMeasure,
  type AggregateName,
  type AggregateRule,
  type DataType,
  type SortKey,
} from '@qarion/core'

import { quotient } from '../expression/arithmetic.ts'
import type { Compilation, Operand } from '../expression/compilation.ts'
import { compileExpression } from '../expression/compile-expression.ts'
import { asDecimal, fitting, narrow, scaleOf } from '../expression/number.ts'
import { jsonText, concatNodes } from '../expression/text.ts'
import { dtypeOf, isWide } from '../frame/dtypes.ts'
import { aggregateAll, aggregateGroups, withColumns } from '../frame/frames.ts'
import {
  aggregates,
  binary,
  call,
  cast,
  coalesce,
  columnNode,
  filterBy,
  integerNode,
  isNotNull,
  isNull,
  LENGTH,
  nullNode,
  sortBy,
  ternary,
  textNode,
  type NamedNode,
  type Node,
  type NodeSortKey,
} from '../frame/node.ts'
import { divideRounded, powerOfTen } from '../values/exact.ts'
import type { QueryContext } from './query-context.ts'
import { columnOf, evaluate, project, type NamedOperand, type Relation } from './relation.ts'

/** A measure: what Polars aggregates for each group, and the value made of it. */
interface CompiledMeasure {
  readonly parts: Readonly<Record<string, PartOfMeasure>>
  readonly finish: (parts: Readonly<Record<string, Operand>>, compilation: Compilation) => Node
}

interface PartOfMeasure {
  readonly node: Node
  readonly type: DataType
}

const { integer: INTEGER, string: STRING } = DataTypes
/** Sums stand in 128 bits; as a decimal of 38 digits they are taken on from there. */
const SUM: DataType = Object.freeze({ kind: 'decimal', precision: 38, scale: 0 })

export async function aggregate(
  relation: Relation,
  rule: AggregateRule,
  context: QueryContext,
): Promise<Relation> {
  const { polars } = context
  const { frame, result: args } = await evaluate(relation, context, (compilation) =>
    rule.measures.map((measure) => argumentsOf(measure, compilation)),
  )
  const named = args.map((operands, index) =>
    operands.map((operand, place): NamedOperand => ({
      name: `xt:argument ${index} ${place}`,
      operand,
    })),
  )
  // Arguments become columns first: Polars would aggregate a constant over a single row.
  const prepared = withColumns(polars, frame, named.flat().map(nodeOf))
  const measures = rule.measures.map((measure, index) =>
    MEASURES[measure.function](
      (named[index] as readonly NamedOperand[]).map(({ name, operand: { type } }) => ({
        node: columnNode(name),
        type,
      })),
      measure.type,
      sortKeysOf(measure.orderBy ?? []),
    ),
  )
  const parts = measures.flatMap(({ parts: own }, index) =>
    Object.entries(own).map(([part, { node, type }]) => ({
      name: partName(index, part),
      node,
      type,
    })),
  )
  // A group needs something to be aggregated; without measures its number of rows is left out later.
  const nodes: readonly NamedNode[] = [...parts, { name: 'xt:rows', node: LENGTH }]
  const grouped =
    rule.groupBy.length === 0
      ? aggregateAll(polars, prepared, nodes)
      : aggregateGroups(polars, prepared, rule.groupBy, nodes)
  const keys = rule.groupBy.map((name) => columnOf(relation, name))
  const whole: Relation = { frame: grouped, columns: [...keys, ...parts] }
  return project(whole, context, (compilation) => [
    ...keys.map(({ name, type }) => ({ name, operand: { node: columnNode(name), type } })),
    ...rule.measures.map(({ name, type }, index) => {
      const { parts: own, finish } = measures[index] as CompiledMeasure
      const operands = Object.fromEntries(
        Object.entries(own).map(([part, { type: partType }]) => [
          part,
          { node: columnNode(partName(index, part)), type: partType },
        ]),
      )
      return { name, operand: { node: finish(operands, compilation), type } }
    }),
  ])
}

function partName(index: number, part: string): string {
  return `xt:measure ${index} ${part}`
}

function nodeOf({ name, operand: { node } }: NamedOperand): NamedNode {
  return { name, node }
}

/** The arguments; those of `collect` as JSON texts. */
function argumentsOf(measure: AggregateMeasure, compilation: Compilation): readonly Operand[] {
  const operands = measure.arguments.map((argument) => compileExpression(argument, compilation))
  return measure.function === 'collect'
    ? operands.map((operand) => ({ node: jsonElement(operand, compilation), type: STRING }))
    : operands
}

function jsonElement(operand: Operand, compilation: Compilation): Node {
  const text = jsonValue(operand, compilation)
  return coalesce(text, textNode('null'))
}

function jsonValue(operand: Operand, compilation: Compilation): Node {
  const { node, type } = operand
  switch (type.kind) {
    case 'boolean':
      return ternary(
        isNull(node),
        textNode('null'),
        ternary(node, textNode('true'), textNode('false')),
      )
    case 'string':
      return jsonText(operand, compilation)
    case 'json':
      return node
    default:
      return cast(node, 'String')
  }
}

export function sortKeysOf(keys: readonly SortKey[]): readonly NodeSortKey[] {
  return keys.map(({ column, direction, nulls }) => ({
    node: columnNode(column),
    isDescending: direction === 'descending',
    nullsLast: nulls === 'last',
  }))
}

type Measure = (
  args: readonly Operand[],
  type: DataType,
  orderBy: readonly NodeSortKey[],
) => CompiledMeasure

/** One aggregate of Polars that is the value already. */
const plain =
  (make: (argument: Node, type: DataType) => Node): Measure =>
  ([x], type) => ({
    parts: { value: { node: make((x as Operand).node, type), type } },
    finish: ({ value }) => (value as Operand).node,
  })

const counted =
  (make: (args: readonly Operand[]) => Node): Measure =>
  (args) => ({
    parts: { value: { node: cast(make(args), 'Int64'), type: INTEGER } },
    finish: ({ value }) => (value as Operand).node,
  })

/** Numbers beyond 18 digits are added up by their high and low digits: their sum may leave 128 bits. */
const HALF = 10n ** 19n

const sumParts = ({ node, type }: Operand): CompiledMeasure['parts'] => {
  const wide = cast(node, 'Int128')
  const half = integerNode(HALF, 'Int128')
  const count = { node: cast(aggregates.count(node), 'Int64'), type: INTEGER }
  if (!isWide(type)) return { count, sum: { node: aggregates.sum(wide), type: SUM } }
  return {
    count,
    high: { node: aggregates.sum(binary('FloorDivide', wide, half)), type: SUM },
    low: { node: aggregates.sum(binary('Modulus', wide, half)), type: SUM },
  }
}

type Parts = Readonly<Record<string, Operand>>

/** The sum in 128 bits, which is NULL over no values. */
function sumOf({ sum, count }: Parts, compilation: Compilation): Node {
  const isNone = binary('Eq', (count as Operand).node, integerNode(0))
  return compilation.keep(ternary(isNone, nullNode('Int128'), (sum as Operand).node))
}

/** What is made of a sum of any length and of the number of its values; NULL over none. */
function ofWideSum(
  { high, low, count }: Parts,
  type: DataType,
  compilation: Compilation,
  make: (sum: bigint, count: bigint) => bigint,
): Node {
  const operands = [high, low, count] as readonly Operand[]
  return compilation.rows(type, operands, (upper, lower, rows) =>
    rows === 0n
      ? null
      : fitting(
          make((upper as bigint) * HALF + (lower as bigint), rows as bigint),
          type,
          'QRN-EXEC-001',
        ),
  )
}

const sum: Measure = ([x], type) => ({
  parts: sumParts(x as Operand),
  finish: (parts, compilation) =>
    'high' in parts
      ? ofWideSum(parts, type, compilation, (total) => total)
      : narrow(sumOf(parts, compilation), type, 39, 'QRN-EXEC-001', compilation),
})

const average: Measure = ([x], type) => ({
  parts: sumParts(x as Operand),
  finish: (parts, compilation) => {
    const argument = (x as Operand).type
    const scale = scaleOf(argument)
    if ('high' in parts) {
      const growth = powerOfTen(scaleOf(type) - scale)
      return ofWideSum(parts, type, compilation, (total, count) =>
        divideRounded(total * growth, count),
      )
    }
    // As many digits as a sum of so many rows can have decide whether 128 bits are enough.
    const digits = asDecimal(argument).precision + DIGITS_OF_COUNT
    const total: DataType = { kind: 'decimal', precision: digits, scale }
    const rows: DataType = { kind: 'decimal', precision: DIGITS_OF_COUNT, scale: 0 }
    const node = sumOf(parts, compilation)
    const count = { node: (parts['count'] as Operand).node, type: rows }
    return quotient({ node, type: total }, count, type, compilation)
  },
})

/** A frame of Polars has at most 2^32 rows. */
const DIGITS_OF_COUNT = 10

const best =
  (isDescending: boolean): Measure =>
  ([x, by], type) => {
    const [value, key] = [(x as Operand).node, (by as Operand).node]
    const isThere = isNotNull(key)
    const sorted = sortBy(filterBy(value, isThere), [
      { node: filterBy(key, isThere), isDescending, nullsLast: false },
      { node: filterBy(value, isThere), isDescending: false, nullsLast: false },
    ])
    return {
      parts: { value: { node: aggregates.first(sorted), type } },
      finish: ({ value: found }) => (found as Operand).node,
    }
  }

const collect: Measure = ([x], type, orderBy) => {
  const list = aggregates.list(sortBy((x as Operand).node, orderBy))
  return {
    parts: { value: { node: call({ ListExpr: { Join: false } }, list, textNode(',')), type } },
    finish: ({ value }) =>
      concatNodes(
        [textNode('['), coalesce((value as Operand).node, textNode('')), textNode(']')],
        '',
        false,
      ),
  }
}

const MEASURES: Readonly<Record<AggregateName, Measure>> = Object.freeze({
  count: counted(([x]) => (x === undefined ? LENGTH : aggregates.count(x.node))),
  count_distinct: counted(([x]) => aggregates.countDistinct((x as Operand).node)),
  sum,
  min: plain((node, type) => cast(aggregates.min(node), dtypeOf(type))),
  max: plain((node, type) => cast(aggregates.max(node), dtypeOf(type))),
  avg: average,
  arg_min: best(false),
  arg_max: best(true),
  collect,
} satisfies Record<AggregateName, Measure>)
