/**
 * The closed set of value types of Qarion. What each admits, and its text form, is docs/semantics.md section 1.
 */
export type DataType =
  | { readonly kind: 'boolean' }
  | { readonly kind: 'integer' }
  | DecimalType
  | { readonly kind: 'float' }
  | { readonly kind: 'string' }
  | { readonly kind: 'date' }
  | { readonly kind: 'time' }
  | { readonly kind: 'timestamp' }
  | { readonly kind: 'json' }
  | { readonly kind: 'binary' }

/** Exact decimal; `precision` digits in all (1 to 38), `scale` of them after the point (0 to precision). */
export interface DecimalType {
  readonly kind: 'decimal'
  readonly precision: number
  readonly scale: number
}

export type DataTypeKind = DataType['kind']

/** Digits the widest decimal may have. */
export const MAX_DECIMAL_PRECISION = 38

/** Digits a decimal may have to fit a signed 64-bit integer when stored unscaled. */
export const MAX_INT64_DECIMAL_PRECISION = 18

/** One frozen object per type without parameters, so that types can be compared and reused cheaply. */
export const DataTypes: {
  readonly [Kind in Exclude<DataTypeKind, 'decimal'>]: { readonly kind: Kind }
} = Object.freeze({
  boolean: Object.freeze({ kind: 'boolean' }),
  integer: Object.freeze({ kind: 'integer' }),
  float: Object.freeze({ kind: 'float' }),
  string: Object.freeze({ kind: 'string' }),
  date: Object.freeze({ kind: 'date' }),
  time: Object.freeze({ kind: 'time' }),
  timestamp: Object.freeze({ kind: 'timestamp' }),
  json: Object.freeze({ kind: 'json' }),
  binary: Object.freeze({ kind: 'binary' }),
})

/** A decimal type with `precision` digits in all and `scale` after the point. */
export function decimalType(precision: number, scale: number): DecimalType {
  return Object.freeze({ kind: 'decimal', precision, scale })
}

/** Whether two types are the same, parameters included. */
export function isSameType(left: DataType, right: DataType): boolean {
  if (left.kind === 'decimal' && right.kind === 'decimal') {
    return left.precision === right.precision && left.scale === right.scale
  }
  return left.kind === right.kind
}

/** The type as a person writes it: `integer`, `decimal(12,2)`. */
export function formatType(type: DataType): string {
  return type.kind === 'decimal' ? `decimal(${type.precision},${type.scale})` : type.kind
}
