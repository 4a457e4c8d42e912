import assert from 'node:assert/strict'

import {
  AGGREGATE_NAMES,
  DataTypes,
  formatValue,
  FUNCTION_NAMES,
  WINDOW_NAMES,
  type AggregateName,
  type DataType,
  type Expression,
  type FunctionName,
  type Query,
  type WindowName,
} from '@qarion/core'
import {
  AGGREGATE_SIGNATURES,
  aggregate,
  ascending,
  call,
  column,
  defineQuery,
  filter,
  equal,
  fromQuery,
  FUNCTION_SIGNATURES,
  integer,
  literal,
  measure,
  named,
  nullOf,
  parseExpression,
  select,
  values,
  window,
  WINDOW_SIGNATURES,
  windowColumn,
} from '@qarion/plan'

import { rowsQuery } from '../../support/datasets.ts'
import type { Trial } from '../trial.ts'
import { MORE_EXAMPLES } from './function-examples.ts'

const { integer: INTEGER } = DataTypes

export type FunctionCaseName =
  | `function/${FunctionName}`
  | `aggregate/${AggregateName}`
  | `window/${WindowName}`

/** One case for each function of the closed table: its worked example, harder ones, and what it makes of NULL. */
export function functionCases(): Readonly<
  Record<FunctionCaseName, (trial: Trial) => Promise<void>>
> {
  return Object.fromEntries([
    ...FUNCTION_NAMES.map((name) => [
      `function/${name}`,
      (trial: Trial) => tryFunction(trial, name),
    ]),
    ...AGGREGATE_NAMES.map((name) => [
      `aggregate/${name}`,
      (trial: Trial) => tryAggregate(trial, name),
    ]),
    ...WINDOW_NAMES.map((name) => [`window/${name}`, (trial: Trial) => tryWindow(trial, name)]),
  ]) as Record<FunctionCaseName, (trial: Trial) => Promise<void>>
}

/** One value as the text form of its type, as constants and as columns alike. */
async function tryFunction(trial: Trial, name: FunctionName): Promise<void> {
  const { example, nulls } = FUNCTION_SIGNATURES[name]
  const examples = [[example.text, example.result] as const, ...(MORE_EXAMPLES[name] ?? [])]
  for (const [text, result] of examples) {
    const expression = parseExpression(text, { columns: [] })
    assert.equal(await evaluate(trial, expression), result, text)
    const { tree, cells } = withColumns(expression)
    assert.equal(await evaluate(trial, tree, cells), result, `${text}, from columns`)
  }
  const expression = parseExpression(example.text, { columns: [] })
  if (nulls === 'may_be' || expression.kind !== 'call') return
  const variants =
    nulls === 'if_all'
      ? [nulled(expression, () => true)]
      : expression.arguments.map((_, place) => nulled(expression, (index) => index === place))
  for (const variant of variants) {
    if (variant === undefined) continue
    const { tree, cells } = withColumns(variant)
    const result = await evaluate(trial, tree, cells)
    assert.equal(result === null, nulls !== 'never', `${name} of NULL gives ${String(result)}`)
  }
}

/**
 * The call with NULL in the place of some arguments; `undefined` where only a constant may stand, or an integer among
 * decimals, which counts by its digits and as NULL would ask for wider decimals.
 */
function nulled(
  expression: Expression & { readonly kind: 'call' },
  isNull: (index: number) => boolean,
): Expression | undefined {
  const { parameters } = FUNCTION_SIGNATURES[expression.function]
  const hasDecimal = expression.arguments.some(({ type }) => type.kind === 'decimal')
  const mustStay = expression.arguments.some(
    ({ type }, index) =>
      isNull(index) &&
      (parameters[index]?.isLiteral === true || (hasDecimal && type.kind === 'integer')),
  )
  if (mustStay) return undefined
  const args = expression.arguments.map((argument, index) =>
    isNull(index) ? nullOf(argument.type) : argument,
  )
  return call(expression.function, ...args)
}

interface Cell {
  readonly name: string
  readonly type: DataType
  readonly text: string | null
}

/** The same expression with columns in the place of its constants, where the table admits columns. */
function withColumns(expression: Expression): {
  readonly tree: Expression
  readonly cells: readonly Cell[]
} {
  const cells: Cell[] = []
  const hoist = (node: Expression): Expression => {
    if (node.kind === 'literal') {
      const name = `c${cells.length}`
      cells.push({ name, type: node.type, text: node.text })
      return column(name, node.type)
    }
    if (node.kind !== 'call') return node
    const { parameters } = FUNCTION_SIGNATURES[node.function]
    const hasDecimal = node.arguments.some(({ type }) => type.kind === 'decimal')
    const args = node.arguments.map((argument, index) => {
      // An integer constant among decimals counts by its digits; a column would count as 19 and ask for wider decimals.
      const staysConstant =
        parameters[index]?.isLiteral === true || (hasDecimal && argument.type.kind === 'integer')
      return staysConstant ? argument : hoist(argument)
    })
    return call(node.function, ...args)
  }
  return { tree: hoist(expression), cells }
}

async function evaluate(
  trial: Trial,
  expression: Expression,
  cells: readonly Cell[] = [],
): Promise<string | null> {
  const columns = [{ name: 'row', type: INTEGER }, ...cells]
  const row = [integer(1), ...cells.map(({ type, text }) => literal(type, text))]
  const one = defineQuery('one', [values(columns, [row])])
  const query = defineQuery('q', [fromQuery('one'), select([named('result', expression)])])
  return single(trial, [one, query], expression.type)
}

async function single(
  trial: Trial,
  queries: readonly Query[],
  type: DataType,
): Promise<string | null> {
  const rows = await trial.read(queries)
  assert.equal(rows.length, 1, 'one row')
  const value = rows[0]?.[0] ?? null
  return value === null ? null : formatValue(type, value)
}

/** `name(x, n)` → the columns that it names. */
function argumentsOf(text: string): readonly Expression[] {
  const inner = /\((.*)\)$/.exec(text)?.[1] ?? ''
  return inner
    .split(',')
    .flatMap((name) => (name.trim() === '' ? [] : [column(name.trim(), INTEGER)]))
}

async function tryAggregate(trial: Trial, name: AggregateName): Promise<void> {
  const { example } = AGGREGATE_SIGNATURES[name]
  const cells = [[1n, 1n], [2n, 2n], [2n, 3n], [null, 4n]] as const // prettier-ignore
  const orderBy = name === 'collect' ? ascending('n') : undefined
  const result = measure('result', name, argumentsOf(example.text), orderBy)
  const over = (rows: readonly (readonly (bigint | null)[])[]): readonly Query[] => [
    rowsQuery('t', { x: INTEGER, n: INTEGER }, rows),
    defineQuery('q', [fromQuery('t'), aggregate({ groupBy: [], measures: [result] })]),
  ]
  assert.equal(await single(trial, over(cells), result.type), example.result, example.text)
  assert.equal(
    await single(trial, over(cells.toReversed()), result.type),
    example.result,
    `${example.text}, other order`,
  )
  const ofNone = { count: '0', count_distinct: '0', collect: '[]' } as Readonly<
    Record<string, string>
  >
  assert.equal(
    await single(trial, over([]), result.type),
    ofNone[name] ?? null,
    `${example.text} over no rows`,
  )
}

async function tryWindow(trial: Trial, name: WindowName): Promise<void> {
  const { example } = WINDOW_SIGNATURES[name]
  const result = windowColumn('result', name, argumentsOf(example.text))
  const rows = [[4n, 3n], [null, 4n], [1n, 1n], [2n, 2n]] as const // prettier-ignore
  const rules = [
    fromQuery('t'),
    window({ partitionBy: [], orderBy: ascending('n'), columns: [result] }),
    filter(equal(column('n', INTEGER), integer(3))),
    select([named('result', column('result', result.type))]),
  ]
  const queries = [rowsQuery('t', { x: INTEGER, n: INTEGER }, rows), defineQuery('q', rules)]
  assert.equal(await single(trial, queries, result.type), example.result, example.text)
}
