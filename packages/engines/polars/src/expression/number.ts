import {
  comparisonType,
  decimalType,
  isSameType,
  type DataType,
  type DecimalType,
  type ExecutionErrorCode,
} from '@qarion/core'

import { dtypeOf, isWide } from '../frame/dtypes.ts'
import { binary, call, cast, integerNode, isNull, not, ternary, type Node } from '../frame/node.ts'
import { powerOfTen } from '../values/exact.ts'
import type { Compilation, Operand, RowResult } from './compilation.ts'

/** Digits of an integer. */
const INTEGER_DIGITS = 19
/** Every number of so many digits fits 128 bits. */
export const MAX_NATIVE_DIGITS = 38

const LEAST_INTEGER = -(2n ** 63n)
const GREATEST_INTEGER = 2n ** 63n - 1n

/** An exact number's type as a decimal. */
export function asDecimal(type: DataType): DecimalType {
  return type.kind === 'decimal' ? type : decimalType(INTEGER_DIGITS, 0)
}

export function scaleOf(type: DataType): number {
  return type.kind === 'decimal' ? type.scale : 0
}

/** The unscaled number in 128 bits. */
export function widen({ node }: Operand): Node {
  return cast(node, 'Int128')
}

/** Bounds of what a type holds, both inclusive. */
function boundsOf(type: DataType): readonly [least: bigint, greatest: bigint] {
  if (type.kind !== 'decimal') return [LEAST_INTEGER, GREATEST_INTEGER]
  const greatest = powerOfTen(type.precision) - 1n
  return [-greatest, greatest]
}

/** The exact number in the type's own bits; fails where it does not fit. `digits` is what it has at most. */
export function narrow(
  node: Node,
  type: DataType,
  digits: number,
  code: ExecutionErrorCode,
  compilation: Compilation,
): Node {
  if (type.kind === 'decimal' && digits <= type.precision) return cast(node, dtypeOf(type))
  const kept = compilation.keep(node)
  const [least, greatest] = boundsOf(type)
  const isOutside = binary(
    'Or',
    binary('Lt', kept, integerNode(least, 'Int128')),
    binary('Gt', kept, integerNode(greatest, 'Int128')),
  )
  compilation.fail(code, isOutside)
  return isWide(type) ? kept : cast(kept, dtypeOf(type), 'NonStrict')
}

/** The same for a result of JavaScript. */
export function fitting(value: bigint, type: DataType, code: ExecutionErrorCode): RowResult {
  const [least, greatest] = boundsOf(type)
  return value < least || value > greatest ? { failure: code } : value
}

/** The number with so many more digits after the point, in 128 bits. */
export function scaleUp(node: Node, places: number): Node {
  return places === 0 ? node : binary('Multiply', node, integerNode(powerOfTen(places), 'Int128'))
}

/** An exact number in another exact type. Fails with `code` where digits would be lost or there are too many. */
export function rescale(
  operand: Operand,
  to: DataType,
  code: ExecutionErrorCode,
  compilation: Compilation,
): Node {
  const [from, target] = [asDecimal(operand.type), asDecimal(to)]
  const growth = target.scale - from.scale
  if (growth === 0 && from.precision <= target.precision && isWide(from) === isWide(target))
    return cast(operand.node, dtypeOf(to))
  const digits = from.precision + Math.max(0, growth)
  if (digits > MAX_NATIVE_DIGITS) {
    return compilation.rows(to, [operand], (value) =>
      fitting((value as bigint) * powerOfTen(growth), to, code),
    )
  }
  if (growth >= 0) return narrow(scaleUp(widen(operand), growth), to, digits, code, compilation)
  const divisor = integerNode(powerOfTen(-growth), 'Int128')
  const wide = compilation.keep(widen(operand))
  const hasRest = binary('NotEq', binary('Modulus', wide, divisor), integerNode(0, 'Int128'))
  compilation.fail(code, hasRest)
  return narrow(binary('FloorDivide', wide, divisor), to, digits + growth, code, compilation)
}

/** Operands of a comparison in one type. */
export function widenAll(
  operands: readonly Operand[],
  compilation: Compilation,
): readonly Operand[] {
  const type = comparisonType(operands.map((operand) => operand.type))
  return operands.map((operand) =>
    isSameType(operand.type, type)
      ? operand
      : { node: rescale(operand, type, 'QRN-EXEC-001', compilation), type },
  )
}

/** `a / b` in 128 bits, rounded half away from zero. NULL where `b` is 0. Both are read often: keep them before. */
export function divideRoundedNode(a: Node, b: Node): Node {
  const [upper, lower] = [call('Abs', a), call('Abs', b)]
  // floor((2|a| + |b|) / 2|b|) is |a| / |b| with halves rounded up.
  const two = integerNode(2, 'Int128')
  const doubled = binary('Plus', binary('Multiply', upper, two), lower)
  const quotient = binary('FloorDivide', doubled, binary('Multiply', lower, two))
  return withSign(quotient, a, b)
}

/** The quotient cut off towards zero. NULL where `b` is 0. */
export function divideCutNode(a: Node, b: Node): Node {
  return withSign(binary('FloorDivide', call('Abs', a), call('Abs', b)), a, b)
}

function withSign(quotient: Node, a: Node, b: Node): Node {
  const zero = integerNode(0, 'Int128')
  const isNegative = binary('NotEq', binary('Lt', a, zero), binary('Lt', b, zero))
  return ternary(isNegative, binary('Minus', zero, quotient), quotient)
}

/** Fails where a float is no finite number; -0 becomes 0. */
export function finite(node: Node, compilation: Compilation): Node {
  const kept = compilation.keep(node)
  const isFinite = call({ Boolean: 'IsFinite' }, kept)
  compilation.fail('QRN-EXEC-001', binary('And', not(isFinite), not(isNull(kept))))
  const zero = cast(integerNode(0), 'Float64')
  return ternary(binary('Eq', kept, zero), zero, kept)
}
