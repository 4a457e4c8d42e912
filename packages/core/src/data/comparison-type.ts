import {
  decimalType,
  isSameType,
  MAX_DECIMAL_PRECISION,
  type DataType,
  type DecimalType,
} from './data-type.ts'

const INTEGER_DIGITS = 19

function asDecimal(type: DataType): DecimalType {
  return type.kind === 'decimal' ? type : decimalType(INTEGER_DIGITS, 0)
}

/** The type in which comparable values are compared: their own, or the decimal that holds them all (at most 38 digits). */
export function comparisonType(types: readonly DataType[]): DataType {
  const [first] = types as readonly [DataType]
  if (types.every((type) => isSameType(type, first))) return first
  if (types.every(({ kind }) => kind === first.kind) && first.kind !== 'decimal') return first
  const decimals = types.map(asDecimal)
  const scale = Math.max(...decimals.map((type) => type.scale))
  const whole = Math.max(...decimals.map((type) => type.precision - type.scale))
  return decimalType(Math.min(MAX_DECIMAL_PRECISION, whole + scale), scale)
}
