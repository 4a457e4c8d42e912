import { DataTypes, type JoinKey, type JoinRule } from '@qarion/core'

import { isBare, isEmpty, isOpen, NEVER, type Block, type BlockColumn } from './block.ts'
import { columnOf, wrap, type Compiler } from './compiler.ts'
import { widenAll } from './expression.ts'

/** Joins a block with another one. */
export function join(block: Block, rule: JoinRule, right: Block, compiler: Compiler): Block {
  if (isEmpty(right) && rule.type !== 'full') return joinNothing(block, rule, right, compiler)
  switch (rule.type) {
    case 'inner':
      return combine(
        block,
        right,
        rule,
        { word: 'JOIN', isLeftOptional: false, isRightOptional: false },
        compiler,
      )
    case 'left':
      return combine(
        block,
        right,
        rule,
        { word: 'LEFT JOIN', isLeftOptional: false, isRightOptional: true },
        compiler,
      )
    case 'full':
      return combine(
        block,
        right,
        rule,
        { word: 'FULL JOIN', isLeftOptional: true, isRightOptional: true },
        compiler,
      )
    case 'semi':
    case 'anti':
      return keep(block, right, rule, rule.type === 'anti', compiler)
  }
}

/** A flow's first batch has no predecessor: engines would look for partners of each row all the same. */
function joinNothing(block: Block, rule: JoinRule, right: Block, compiler: Compiler): Block {
  const outer = { ...asSource(block, compiler), orderBy: [] }
  const nulls = right.columns.map(({ name, operand: { type } }): BlockColumn => {
    const sql = compiler.context.dialect.literal(null, type)
    return {
      name: rule.rightPrefix + name,
      operand: { sql, type },
      form: 'constant',
      isRequired: false,
    }
  })
  switch (rule.type) {
    case 'anti':
      return outer
    case 'left':
      return { ...outer, columns: [...outer.columns, ...nulls] }
    default: {
      const columns = rule.type === 'semi' ? outer.columns : [...outer.columns, ...nulls]
      return { ...outer, columns, where: [...outer.where, NEVER] }
    }
  }
}

interface Combination {
  readonly word: string
  /** Rows of this side may be missing, so that its columns read as NULL. */
  readonly isLeftOptional: boolean
  readonly isRightOptional: boolean
}

function combine(
  left: Block,
  right: Block,
  rule: JoinRule,
  kind: Combination,
  compiler: Compiler,
): Block {
  const outer = kind.isLeftOptional ? nullable(left, compiler) : asSource(left, compiler)
  const { item: inner, conditions } = kind.isLeftOptional
    ? { item: nullable(right, compiler), conditions: [] }
    : asFilteredItem(right, kind.isRightOptional, compiler)
  const rightColumns = inner.columns.map((column) => ({
    ...column,
    name: rule.rightPrefix + column.name,
  }))
  const on = [...matches(outer, inner, rule.on, compiler), ...conditions].join(' AND ')
  return {
    ...outer,
    orderBy: [],
    from: `${outer.from} ${kind.word} ${inner.from} ON ${on}`,
    columns: [
      ...(kind.isLeftOptional ? optional(outer.columns) : outer.columns),
      ...(kind.isRightOptional ? optional(rightColumns) : rightColumns),
    ],
  }
}

/** The right side of an inner or left join: its filters move into the ON clause, so that its table stays in sight. */
function asFilteredItem(
  block: Block,
  isOptional: boolean,
  compiler: Compiler,
): { readonly item: Block; readonly conditions: readonly string[] } {
  const unfiltered = { ...block, where: [], orderBy: [] }
  const isFoldable =
    isOpen(block) &&
    isSingle(unfiltered) &&
    (!isOptional || block.columns.every(({ form }) => form === 'column'))
  if (isFoldable) return { item: unfiltered, conditions: block.where }
  return { item: isOptional ? nullable(block, compiler) : asItem(block, compiler), conditions: [] }
}

function keep(
  left: Block,
  right: Block,
  rule: JoinRule,
  isAnti: boolean,
  compiler: Compiler,
): Block {
  const outer = asSource(left, compiler)
  switch (compiler.context.dialect.membership) {
    case 'join': {
      const inner = asItem(right, compiler)
      const on = matches(outer, inner, rule.on, compiler).join(' AND ')
      return {
        ...outer,
        orderBy: [],
        from: `${outer.from} ${isAnti ? 'ANTI' : 'SEMI'} JOIN ${inner.from} ON ${on}`,
      }
    }
    case 'exists': {
      const inner = asItem(right, compiler)
      const on = matches(outer, inner, rule.on, compiler).join(' AND ')
      const condition = `${isAnti ? 'NOT ' : ''}EXISTS (SELECT 1 FROM ${inner.from} WHERE ${on})`
      return { ...outer, where: [...outer.where, condition] }
    }
    case 'lookup':
      return isAnti
        ? withoutPartner(outer, right, rule, compiler)
        : withLookup(outer, right, rule, compiler)
  }
}

/** LEFT JOIN, rows without a partner: the engine may build an index for it, which it does not for NOT EXISTS. */
function withoutPartner(outer: Block, right: Block, rule: JoinRule, compiler: Compiler): Block {
  const { dialect } = compiler.context
  const plain = rule.on.find((key) => !isNullSafe(outer, right, key))
  const marker: BlockColumn = {
    name: 'xt_is_match',
    operand: { sql: dialect.literal(1n, DataTypes.integer), type: DataTypes.integer },
    form: 'constant',
    isRequired: true,
  }
  const inner = nullable(
    plain === undefined ? { ...right, columns: [...right.columns, marker] } : right,
    compiler,
  )
  const on = matches(outer, inner, rule.on, compiler).join(' AND ')
  const sign = columnOf(inner, plain === undefined ? marker.name : plain.right).operand.sql
  return {
    ...outer,
    orderBy: [],
    from: `${outer.from} LEFT JOIN ${inner.from} ON ${on}`,
    where: [...outer.where, `${sign} IS NULL`],
  }
}

function withLookup(outer: Block, right: Block, rule: JoinRule, compiler: Compiler): Block {
  const inner = asItem(right, compiler)
  const isPlain = rule.on.every((key) => !isNullSafe(outer, inner, key))
  if (!isPlain) {
    const on = matches(outer, inner, rule.on, compiler).join(' AND ')
    return { ...outer, where: [...outer.where, `EXISTS (SELECT 1 FROM ${inner.from} WHERE ${on})`] }
  }
  const pairs = rule.on.map(({ left, right: other }) =>
    widenAll(
      [columnOf(outer, left).operand, columnOf(inner, other).operand],
      compiler.context.dialect,
    ),
  )
  const side = (index: 0 | 1): string => pairs.map((pair) => pair[index]?.sql).join(', ')
  const row = pairs.length === 1 ? side(0) : `(${side(0)})`
  return { ...outer, where: [...outer.where, `${row} IN (SELECT ${side(1)} FROM ${inner.from})`] }
}

function matches(
  outer: Block,
  inner: Block,
  keys: readonly JoinKey[],
  compiler: Compiler,
): readonly string[] {
  const { dialect } = compiler.context
  if (keys.length === 0) return ['1 = 1']
  return keys.map((key) => {
    const name = isNullSafe(outer, inner, key) ? 'is_not_distinct' : 'equal'
    const sides = [columnOf(outer, key.left).operand, columnOf(inner, key.right).operand]
    return dialect.functions[name](widenAll(sides, dialect), DataTypes.boolean)
  })
}

/** Columns that are never NULL are compared with `=`, which every engine can look up. */
function isNullSafe(outer: Block, inner: Block, { left, right, nullSafe }: JoinKey): boolean {
  return nullSafe && !(columnOf(outer, left).isRequired && columnOf(inner, right).isRequired)
}

/** The block with a FROM that can be joined to; its WHERE may stay. */
function asSource(block: Block, compiler: Compiler): Block {
  return isOpen(block) && block.from !== undefined && !block.isLateral
    ? block
    : wrap(block, compiler)
}

/** The block as one item of FROM whose rows are all its rows. */
function asItem(block: Block, compiler: Compiler): Block {
  return isSingle(block) ? block : wrap(block, compiler)
}

function isSingle(block: Block): boolean {
  return isBare(block) && !block.from?.includes(' JOIN ')
}

/** The same, with columns that read as NULL where there is no row: constants would not. */
function nullable(block: Block, compiler: Compiler): Block {
  const item = asItem(block, compiler)
  return item.columns.every(({ form }) => form === 'column') ? item : wrap(item, compiler)
}

function optional(columns: readonly BlockColumn[]): readonly BlockColumn[] {
  return columns.map((column) => ({ ...column, isRequired: false }))
}
