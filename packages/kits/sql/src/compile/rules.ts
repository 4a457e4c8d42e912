import {
  comparisonType,
  DataTypes,
  isSameType,
  type AggregateRule,
  type SeriesRule,
  type SortKey,
  type UnnestRule,
  type ValuesRule,
  type WindowRule,
} from '@qarion/core'

import type { SqlOperand } from '../dialect/operand.ts'
import { isEmpty, isOpen, openBlock, printBlock, type Block, type BlockColumn } from './block.ts'
import { columnOf, columnsOfItem, compileOver, wrap, type Compiler } from './compiler.ts'
import { convert, literalValue } from './expression.ts'

const COLUMNLESS: Block = openBlock(undefined, [])

/** Constant rows. */
export function values({ columns, rows }: ValuesRule, compiler: Compiler): Block {
  const { dialect } = compiler.context
  const named = (sql: (index: number) => string): readonly BlockColumn[] =>
    columns.map(({ name, type }, index) => ({
      name,
      operand: { sql: sql(index), type },
      form: 'constant',
      isRequired: false,
    }))
  if (rows.length === 0) {
    const none = named((index) => dialect.literal(null, columns[index]?.type ?? DataTypes.string))
    return { ...openBlock(undefined, none), where: ['1 = 0'] }
  }
  const lines = rows.map(
    (row) =>
      `(${row
        .map((cell, index) =>
          convert(
            compileOver(COLUMNLESS, cell, compiler),
            columns[index]?.type ?? cell.type,
            dialect,
          ),
        )
        .join(', ')})`,
  )
  const names = columns.map(({ name }) => dialect.quoteIdentifier(name)).join(', ')
  const alias = compiler.nextAlias()
  // A common table expression names its columns in every dialect; an alias of VALUES does not.
  const from = `(WITH rows(${names}) AS (VALUES ${lines.join(', ')}) SELECT ${names} FROM rows) AS ${alias}`
  return openBlock(
    from,
    columnsOfItem(
      alias,
      named(() => ''),
      compiler,
    ),
  )
}

/** Equidistant values. */
export function series({ column, start, stop, step }: SeriesRule, compiler: Compiler): Block {
  const { dialect } = compiler.context
  const alias = compiler.nextAlias()
  const { type } = start
  const sqlOf = (bound: typeof start): string =>
    convert(compileOver(COLUMNLESS, bound, compiler), type, dialect)
  const from = dialect.series({
    start: sqlOf(start),
    stop: sqlOf(stop),
    step: literalValue(step) as bigint,
    type,
    column: dialect.quoteIdentifier(column),
    alias,
  })
  const made: BlockColumn = {
    name: column,
    operand: { sql: '', type },
    form: 'column',
    isRequired: true,
  }
  return openBlock(from, columnsOfItem(alias, [made], compiler))
}

export function aggregate(
  block: Block,
  { groupBy, measures }: AggregateRule,
  compiler: Compiler,
): Block {
  const { dialect } = compiler.context
  const isFoldable =
    isOpen(block) && groupBy.every((name) => columnOf(block, name).form === 'column')
  const source = { ...(isFoldable ? block : wrap(block, compiler)), orderBy: [] }
  const keys = groupBy.map((name) => columnOf(source, name))
  const made = measures.map(
    ({ name, function: aggregateName, arguments: args, orderBy, type }): BlockColumn => {
      dialect.requireType(type)
      const operands = args.map((argument) => compileOver(source, argument, compiler))
      const sql = dialect.aggregates[aggregateName](
        operands,
        type,
        sortTerms(source, orderBy ?? [], compiler),
      )
      return {
        name,
        operand: { sql, type },
        form: 'expression',
        isRequired: aggregateName === 'count',
      }
    },
  )
  return { ...source, columns: [...keys, ...made], groupBy: keys.map(({ operand }) => operand.sql) }
}

export function window(
  block: Block,
  { partitionBy, orderBy, columns }: WindowRule,
  compiler: Compiler,
): Block {
  const { dialect } = compiler.context
  const source = { ...(isOpen(block) ? block : wrap(block, compiler)), orderBy: [] }
  const parts = partitionBy.map((name) => columnOf(source, name).operand.sql)
  const terms = sortTerms(source, orderBy, compiler)
  const over = (frame?: string): string =>
    `OVER (${[
      ...(parts.length === 0 ? [] : [`PARTITION BY ${parts.join(', ')}`]),
      ...(terms.length === 0 ? [] : [`ORDER BY ${terms.join(', ')}`]),
      ...(frame === undefined ? [] : [frame]),
    ].join(' ')})`
  const made = columns.map(({ name, function: windowName, arguments: args, type }): BlockColumn => {
    dialect.requireType(type)
    const operands = args.map((argument) => compileOver(source, argument, compiler))
    const sql = dialect.windows[windowName](operands, type, over)
    return {
      name,
      operand: { sql, type },
      form: 'expression',
      isRequired: windowName === 'row_number',
    }
  })
  return { ...source, columns: [...source.columns, ...made], hasWindow: true }
}

/** All rows of several blocks, columns matched by name in the order of the first. */
export function union(blocks: readonly Block[], compiler: Compiler): Block {
  const { dialect } = compiler.context
  const [first] = blocks as readonly [Block]
  const columns = first.columns.map(({ name }): BlockColumn => {
    const all = blocks.map((block) => columnOf(block, name))
    const type = comparisonType(all.map(({ operand }) => operand.type))
    dialect.requireType(type)
    return {
      name,
      operand: { sql: '', type },
      form: 'column',
      isRequired: all.every((one) => one.isRequired),
    }
  })
  // Branches without rows would keep engines from using the key of the one that has some.
  const live = blocks.filter((block) => !isEmpty(block))
  const only = live[0] ?? first
  if (live.length < 2 && hasTypes(only, columns)) {
    return { ...only, columns: columns.map(({ name }) => columnOf(only, name)) }
  }
  const parts = (live.length === 0 ? [first] : live).map((block) => {
    const cut = block.limit === undefined ? { ...block, orderBy: [] } : wrap(block, compiler)
    const source = hasTypes(cut, columns) || isOpen(cut) ? cut : wrap(cut, compiler)
    return printBlock(
      {
        ...source,
        columns: columns.map(({ name, operand: { type } }) => {
          const column = columnOf(source, name)
          return { ...column, operand: { sql: convert(column.operand, type, dialect), type } }
        }),
      },
      dialect.quoteIdentifier,
    )
  })
  const alias = compiler.nextAlias()
  return openBlock(
    `(${parts.join(' UNION ALL ')}) AS ${alias}`,
    columnsOfItem(alias, columns, compiler),
  )
}

function hasTypes(block: Block, columns: readonly BlockColumn[]): boolean {
  return columns.every(({ name, operand }) =>
    isSameType(columnOf(block, name).operand.type, operand.type),
  )
}

export function unnest(
  block: Block,
  { column, as, ordinalAs }: UnnestRule,
  compiler: Compiler,
): Block {
  const { dialect } = compiler.context
  const source =
    isOpen(block) && block.from !== undefined && !block.isLateral ? block : wrap(block, compiler)
  const { from, element, ordinal } = dialect.unnest(
    columnOf(source, column).operand.sql,
    compiler.nextAlias(),
  )
  return {
    ...source,
    orderBy: [],
    from: `${source.from}, ${from}`,
    columns: [
      ...source.columns,
      made(as, { sql: element, type: DataTypes.json }),
      ...(ordinalAs === undefined
        ? []
        : [made(ordinalAs, { sql: ordinal, type: DataTypes.integer })]),
    ],
    isLateral: true,
  }
}

/** Printed terms of ORDER BY. */
export function sortTerms(
  block: Block,
  keys: readonly SortKey[],
  compiler: Compiler,
): readonly string[] {
  return keys.map((key) =>
    compiler.context.dialect.sortTerm(columnOf(block, key.column).operand.sql, key),
  )
}

function made(name: string, operand: SqlOperand): BlockColumn {
  return { name, operand, form: 'expression', isRequired: true }
}
