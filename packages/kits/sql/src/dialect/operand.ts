import type { DataType } from '@qarion/core'

/** A piece of SQL that gives one value. Safe to put next to any operator: printers add parentheses where needed. */
export interface SqlOperand {
  readonly sql: string
  readonly type: DataType
  /** The text form of its value, where it is a constant that is not NULL. */
  readonly constant?: string
}

/** Prints the call of one function. `result` is the type the plan gave the call. */
export type SqlFunction = (args: readonly SqlOperand[], result: DataType) => string

/** SQL of an argument that the checked plan says is there. */
export function sqlOf(operand: SqlOperand | undefined): string {
  return (operand as SqlOperand).sql
}
