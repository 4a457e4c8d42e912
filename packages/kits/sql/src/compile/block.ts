import type { SqlOperand } from '../dialect/operand.ts'

/** One SELECT in the making: rules are folded into it as long as that keeps its meaning. */
export interface Block {
  /** Item of FROM with its joins; `undefined` for rows without a source. */
  readonly from: string | undefined
  readonly columns: readonly BlockColumn[]
  readonly where: readonly string[]
  /** Printed terms. */
  readonly orderBy: readonly string[]
  readonly limit: number | undefined
  /** Printed GROUP BY keys; `undefined` where nothing is aggregated. */
  readonly groupBy: readonly string[] | undefined
  readonly isDistinct: boolean
  /** Some column is made by a window function. */
  readonly hasWindow: boolean
  /** FROM ends with a lateral item after a comma, to which nothing may be joined. */
  readonly isLateral: boolean
}

export interface BlockColumn {
  readonly name: string
  readonly operand: SqlOperand
  /** `column`: a column of FROM. `constant`: a literal or bound value. Both may be repeated at no cost. */
  readonly form: 'column' | 'constant' | 'expression'
  /** Known never to be NULL. */
  readonly isRequired: boolean
}

/** A block that reads `from` and does nothing else yet. */
export function openBlock(from: string | undefined, columns: readonly BlockColumn[]): Block {
  return {
    from,
    columns,
    where: [],
    orderBy: [],
    limit: undefined,
    groupBy: undefined,
    isDistinct: false,
    hasWindow: false,
    isLateral: false,
  }
}

/** A condition that no row meets. */
export const NEVER = '1 = 0'

/** Whether the block gives no row whatever is stored. */
export function isEmpty(block: Block): boolean {
  // Without keys an aggregate gives a row over no rows, too.
  return block.where.includes(NEVER) && block.groupBy === undefined
}

/** Whether filters and joins can still be folded in. */
export function isOpen(block: Block): boolean {
  return (
    block.limit === undefined &&
    block.groupBy === undefined &&
    !block.isDistinct &&
    !block.hasWindow
  )
}

/** Whether the block is its source as it is, columns chosen and renamed. */
export function isBare(block: Block): boolean {
  return isOpen(block) && block.from !== undefined && !block.isLateral && block.where.length === 0
}

/** The block as a SELECT. */
export function printBlock(block: Block, quote: (name: string) => string): string {
  const columns = block.columns.map(({ name, operand }) => `${operand.sql} AS ${quote(name)}`)
  return [
    `SELECT ${block.isDistinct ? 'DISTINCT ' : ''}${columns.join(', ')}`,
    ...(block.from === undefined ? [] : [`FROM ${block.from}`]),
    ...(block.where.length === 0 ? [] : [`WHERE ${block.where.join(' AND ')}`]),
    ...(block.groupBy === undefined || block.groupBy.length === 0
      ? []
      : [`GROUP BY ${block.groupBy.join(', ')}`]),
    ...(block.orderBy.length === 0 ? [] : [`ORDER BY ${block.orderBy.join(', ')}`]),
    ...(block.limit === undefined ? [] : [`LIMIT ${block.limit}`]),
  ].join(' ')
}
