import type { DataType, DecimalType } from '@qarion/core'

import { bindOperands } from './bind.ts'
import { storedType } from './stored-type.ts'

export function scaleOf(type: DataType): number {
  return type.kind === 'decimal' ? type.scale : 0
}

/** 10^exponent as a NUMERIC constant, every digit written. */
export function power(exponent: number): string {
  return exponent < 0 ? `0.${'1'.padStart(-exponent, '0')}` : `1${'0'.repeat(exponent)}`
}

/**
 * `dividend / divisor` in the scale of the result, rounded half away from zero. The server's own `/` rounds to a scale
 * of its choice first; `div` cuts off, and every digit is exact.
 */
export function divideExactly(
  dividend: string,
  divisor: string,
  result: DecimalType,
  onZero: string,
): string {
  return bindOperands([dividend, divisor], 'q', ([n = '', d = '']) => {
    const [magnitude, unit] = [
      `CAST(abs(CAST(${n} AS NUMERIC)) AS NUMERIC)`,
      `abs(CAST(${d} AS NUMERIC))`,
    ]
    const rounded = `div(${magnitude} * 2${'0'.repeat(result.scale)} + ${unit}, 2 * ${unit})`
    const signed = `${rounded} * CASE WHEN (${n} < 0) = (${d} < 0) THEN 1 ELSE -1 END`
    return (
      `CASE WHEN ${n} IS NULL OR ${d} IS NULL THEN NULL WHEN ${d} = 0 THEN ${onZero}` +
      ` ELSE CAST(${signed} * ${power(-result.scale)} AS ${storedType(result)}) END`
    )
  })
}
