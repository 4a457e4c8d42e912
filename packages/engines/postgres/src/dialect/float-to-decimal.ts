import type { DecimalType } from '@qarion/core'

import { bindOperands } from './bind.ts'
import { power } from './exact-division.ts'
import { fail } from './fail.ts'
import { castAs } from './stored-type.ts'

/** Bits of a double behind the leading one, and its exponent's bias with them. */
const FRACTION_BITS = 52
const BIAS = 1023 + FRACTION_BITS

/**
 * A double as a decimal: its exact value, rounded half away from zero. The server's own cast keeps 15 digits. The value
 * is mantissa × 2^e; for a negative e that is mantissa × 5^-e ÷ 10^-e, whose digits end.
 */
export function decimalOfFloat(sql: string, to: DecimalType): string {
  return bindOperands([sql], 'f', ([x = '']) => {
    const bits = `CAST(CAST('x' || encode(float8send(abs(${x})), 'hex') AS BIT(64)) AS BIGINT)`
    const exact = bindOperands([`(${bits})`, x], 'g', ([b = '', y = '']) => {
      const field = `(${b} >> ${FRACTION_BITS})`
      const mantissa = `((${b} & ${2n ** 52n - 1n}) + CASE WHEN ${field} = 0 THEN 0 ELSE ${2n ** 52n} END)`
      const exponent = `(greatest(${field}, 1) - ${BIAS})`
      const magnitude =
        `CAST(${mantissa} AS NUMERIC) * CASE WHEN ${exponent} >= 0 THEN 2::numeric ^ greatest(${exponent}, 0)` +
        ` ELSE 5::numeric ^ greatest(-${exponent}, 0) * CAST('1e' || least(${exponent}, 0) AS NUMERIC) END`
      return `round(${magnitude}, ${to.scale}) * CASE WHEN ${y} < 0 THEN -1 ELSE 1 END`
    })
    return (
      `CASE WHEN abs(${x}) >= ${power(to.precision - to.scale)}::float8 THEN ${fail('QRN-EXEC-001', to)}` +
      ` WHEN ${x} IS NOT NULL THEN ${castAs(exact, to)} END`
    )
  })
}
