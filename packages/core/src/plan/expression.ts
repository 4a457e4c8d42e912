import type { DataType } from '../data/data-type.ts'
import type { FunctionName } from './functions.ts'

/**
 * A typed expression tree: plain frozen data, serialisable as JSON without loss. `type` is the type of the result.
 * Trees are made by `@qarion/plan` (builders, or the parser of user text), which checks them.
 */
export type Expression =
  | LiteralExpression
  | ColumnExpression
  | ParameterExpression
  | CallExpression
  | CaseExpression
  | CastExpression
  | InExpression

interface ExpressionBase {
  readonly type: DataType
  /** Where the user wrote it, for messages; never part of what the expression means. */
  readonly place?: TextRange
}

/** Offsets in UTF-16 units into the user's text; `end` is exclusive. */
export interface TextRange {
  readonly start: number
  readonly end: number
}

/** A constant, in the text form of its type; NULL is `null`. */
export interface LiteralExpression extends ExpressionBase {
  readonly kind: 'literal'
  readonly text: string | null
}

export interface ColumnExpression extends ExpressionBase {
  readonly kind: 'column'
  readonly name: string
}

/** A value bound when a step runs: `batch_id`, `batch_time`, variables. Never text pasted into a statement. */
export interface ParameterExpression extends ExpressionBase {
  readonly kind: 'parameter'
  readonly name: string
}

export interface CallExpression extends ExpressionBase {
  readonly kind: 'call'
  readonly function: FunctionName
  readonly arguments: readonly Expression[]
}

/** The first branch whose condition is true, else `otherwise`, else NULL. */
export interface CaseExpression extends ExpressionBase {
  readonly kind: 'case'
  readonly branches: readonly { readonly when: Expression; readonly then: Expression }[]
  readonly otherwise?: Expression
}

/** A conversion of the closed cast table of docs/semantics.md; one that fails at run time fails the step. */
export interface CastExpression extends ExpressionBase {
  readonly kind: 'cast'
  readonly operand: Expression
}

/** `operand` equals one of `items` (literals or parameters); NULL if the operand is NULL. */
export interface InExpression extends ExpressionBase {
  readonly kind: 'in'
  readonly operand: Expression
  readonly items: readonly Expression[]
  readonly isNegated: boolean
}

export type ExpressionKind = Expression['kind']
