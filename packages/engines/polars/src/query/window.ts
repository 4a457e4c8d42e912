import type { DataType, WindowName, WindowRule } from '@qarion/core'

import type { Compilation } from '../expression/compilation.ts'
import { compileExpression } from '../expression/compile-expression.ts'
import { narrow } from '../expression/number.ts'
import { dtypeOf, literalValue } from '../frame/dtypes.ts'
import { sortRows, withColumns } from '../frame/frames.ts'
import {
  aggregates,
  binary,
  call,
  cast,
  coalesce,
  columnNode,
  integerNode,
  isNotNull,
  nullNode,
  over,
  ternary,
  type NamedNode,
  type Node,
} from '../frame/node.ts'
import { sortKeysOf } from './aggregate.ts'
import type { QueryContext } from './query-context.ts'
import { columnOf, evaluate, project, type Relation } from './relation.ts'

type Partition = readonly Node[]

/** What a window function reads: its argument as a column, how far it looks, and the partition. */
interface WindowInput {
  readonly argument: Node | undefined
  readonly type: DataType
  readonly offset: bigint
  readonly partition: Partition
  readonly compilation: Compilation
}

type WindowFunction = (input: WindowInput) => Node

/** Sorts the rows; the functions then go by the order in which the rows of a partition stand. */
export async function window(
  relation: Relation,
  rule: WindowRule,
  context: QueryContext,
): Promise<Relation> {
  const { polars } = context
  for (const name of rule.partitionBy) columnOf(relation, name)
  const { frame, result: args } = await evaluate(relation, context, (compilation) =>
    rule.columns.map(({ arguments: [argument] }) =>
      argument === undefined ? undefined : compileExpression(argument, compilation),
    ),
  )
  const extra = args.flatMap((operand, index): readonly NamedNode[] =>
    operand === undefined ? [] : [{ name: argumentName(index), node: operand.node }],
  )
  const ranked = args.flatMap((operand, index): readonly NamedNode[] =>
    operand === undefined ? [] : [{ name: rankName(index), node: rankOf(argumentName(index)) }],
  )
  const isRanked = rule.columns.map((column) => column.function.startsWith('running_m'))
  const prepared = withColumns(
    polars,
    withColumns(polars, frame, extra),
    ranked.filter(({ name }) => isRanked.some((is, index) => is && rankName(index) === name)),
  )
  const sorted = sortRows(polars, prepared, [
    ...rule.partitionBy.map((name) => ({
      node: columnNode(name),
      isDescending: false,
      nullsLast: false,
    })),
    ...sortKeysOf(rule.orderBy),
  ])
  // Also the one partition of all rows, where no column parts them.
  const whole: Relation = {
    frame: withColumns(polars, sorted, [{ name: ONE, node: integerNode(1) }]),
    columns: relation.columns,
  }
  const partition =
    rule.partitionBy.length === 0
      ? [columnNode(ONE)]
      : rule.partitionBy.map((name) => columnNode(name))
  return project(whole, context, (compilation) => [
    ...relation.columns.map(({ name, type }) => ({
      name,
      operand: { node: columnNode(name), type },
    })),
    ...rule.columns.map(({ name, type, function: functionName, arguments: [, second] }, index) => {
      const operand = args[index]
      const input: WindowInput = {
        argument: operand === undefined ? undefined : columnNode(argumentName(index)),
        type,
        offset: second?.kind === 'literal' ? (literalValue(second) as bigint) : 1n,
        partition,
        compilation,
      }
      const node =
        isRanked[index] === true
          ? runningExtreme(functionName as 'running_min' | 'running_max', index, input)
          : FUNCTIONS[functionName as keyof typeof FUNCTIONS](input)
      return { name, operand: { node, type } }
    }),
  ])
}

/** A column of ones. */
const ONE = 'xt:one'

function argumentName(index: number): string {
  return `xt:argument ${index}`
}

function rankName(index: number): string {
  return `xt:rank ${index}`
}

/** The place of each value among all: Polars has no running minimum of texts. */
function rankOf(name: string): Node {
  const options = { method: 'Dense', descending: false }
  return cast(call({ Rank: { options, seed: null } }, columnNode(name)), 'Int64')
}

function argumentOf({ argument }: WindowInput): Node {
  return argument as Node
}

const shifted =
  (direction: 1n | -1n): WindowFunction =>
  (input) =>
    over(call('Shift', argumentOf(input), integerNode(direction * input.offset)), input.partition)

const running = (name: string, node: Node, partition: Partition): Node =>
  over(call({ [name]: { reverse: false } }, node), partition)

/** How many values that are not NULL there are up to the row. */
function countedTo(node: Node, partition: Partition): Node {
  const one = ternary(isNotNull(node), integerNode(1), integerNode(0))
  return running('CumSum', one, partition)
}

const runningSum: WindowFunction = (input) => {
  const { partition, type, compilation } = input
  const value = cast(argumentOf(input), 'Int128')
  const sum = running('CumSum', coalesce(value, integerNode(0, 'Int128')), partition)
  const isNone = binary('Eq', countedTo(argumentOf(input), partition), integerNode(0))
  const exact = compilation.keep(ternary(isNone, nullNode('Int128'), sum))
  return narrow(exact, type, 39, 'QRN-EXEC-001', compilation)
}

/**
 * The value of the row whose rank is the least or greatest so far: ranks run, and the first row of each rank in the
 * partition gives the value.
 */
function runningExtreme(
  name: 'running_min' | 'running_max',
  index: number,
  { partition, type, compilation }: WindowInput,
): Node {
  const rank = columnNode(rankName(index))
  const extreme = running(name === 'running_min' ? 'CumMin' : 'CumMax', rank, partition)
  const filled = over(
    call({ FillNullWithStrategy: { Forward: null } }, compilation.keep(extreme)),
    partition,
  )
  const best = compilation.keep(filled)
  return cast(
    over(aggregates.first(columnNode(argumentName(index))), [...partition, best]),
    dtypeOf(type),
  )
}

const FUNCTIONS: Readonly<
  Record<Exclude<WindowName, 'running_min' | 'running_max'>, WindowFunction>
> = Object.freeze({
  row_number: ({ partition }) => running('CumSum', columnNode(ONE), partition),
  lag: shifted(1n),
  lead: shifted(-1n),
  first: (input) => over(aggregates.first(argumentOf(input)), input.partition),
  last: (input) => over(aggregates.last(argumentOf(input)), input.partition),
  running_sum: runningSum,
  running_count: (input) =>
    input.argument === undefined
      ? FUNCTIONS.row_number(input)
      : countedTo(input.argument, input.partition),
})
