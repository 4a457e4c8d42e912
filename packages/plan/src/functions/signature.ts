import type { DataType, DataTypeKind, Expression } from '@qarion/core'

/** One row of the closed table of functions. */
export interface FunctionSignature {
  readonly parameters: readonly FunctionParameter[]
  /** Type of the result; throws QarionError where the arguments do not fit together. */
  resultType(args: readonly Expression[]): DataType
  /** The same rule in words. */
  readonly resultText: string
  readonly nulls: NullRule
  /** One sentence: what it gives. */
  readonly doc: string
  /** When it fails the step; absent where it never does. */
  readonly fails?: string
  readonly example: FunctionExample
}

/** Signatures by name; what lacks one does not compile. */
export type SignatureTable<Name extends string> = Readonly<Record<Name, FunctionSignature>>

export interface FunctionParameter {
  readonly name: string
  readonly accepts: readonly DataTypeKind[] | 'any'
  /** Must be a constant that is not NULL. */
  readonly isLiteral?: true
  readonly isOptional?: true
  /** The last parameter may be given any number of times more. */
  readonly isRepeated?: true
}

/**
 * - `if_any`: NULL if any argument is NULL, else a value.
 * - `if_all`: NULL only if all arguments are NULL.
 * - `never`: never NULL.
 * - `may_be`: see the function's sentence.
 */
export type NullRule = 'if_any' | 'if_all' | 'never' | 'may_be'

/** A worked example: expression text as users write it, and the text form of its value (NULL is `null`). */
export interface FunctionExample {
  readonly text: string
  readonly result: string | null
}

export const NUMBERS: readonly DataTypeKind[] = ['integer', 'decimal', 'float']
export const EXACT_NUMBERS: readonly DataTypeKind[] = ['integer', 'decimal']
export const INTEGER: readonly DataTypeKind[] = ['integer']
export const BOOLEAN: readonly DataTypeKind[] = ['boolean']
export const STRING: readonly DataTypeKind[] = ['string']

export function parameterOf(
  name: string,
  accepts: FunctionParameter['accepts'],
  more: Partial<Omit<FunctionParameter, 'name' | 'accepts'>> = {},
): FunctionParameter {
  return { name, accepts, ...more }
}

/** A result type that does not depend on the arguments. */
export function always(type: DataType): (args: readonly Expression[]) => DataType {
  return () => type
}

/** The type of the argument at `index`. */
export function sameAs(index: number): (args: readonly Expression[]) => DataType {
  return (args) => argumentAt(args, index).type
}

/** Argument counts are checked before a result type is asked for. */
export function argumentAt(args: readonly Expression[], index: number): Expression {
  return args[index] as Expression
}
