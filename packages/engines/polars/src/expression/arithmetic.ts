import type { DataType } from '@qarion/core'

import { dtypeOf } from '../frame/dtypes.ts'
import { binary, call, cast, integerNode, isTrue, ternary, type Node } from '../frame/node.ts'
import { nullNode } from '../frame/node.ts'
import { divideRounded, powerOfTen, rescaleRounded } from '../values/exact.ts'
import type { Compilation, Operand } from './compilation.ts'
import type { CompiledFunction } from './function-table.ts'
import {
  asDecimal,
  divideCutNode,
  divideRoundedNode,
  finite,
  fitting,
  MAX_NATIVE_DIGITS,
  narrow,
  scaleOf,
  scaleUp,
  widen,
} from './number.ts'

const ZERO = integerNode(0, 'Int128')

type Exact = (a: bigint, b: bigint) => bigint

/** `add` and `subtract`. */
export function sumOf(operator: 'Plus' | 'Minus'): CompiledFunction {
  const exact: Exact = operator === 'Plus' ? (a, b) => a + b : (a, b) => a - b
  return (operands, type, compilation) => {
    const [a, b] = operands as readonly [Operand, Operand]
    if (type.kind === 'float') return finite(binary(operator, a.node, b.node), compilation)
    const scale = scaleOf(type)
    const [left, right] = [asDecimal(a.type), asDecimal(b.type)]
    const whole = Math.max(left.precision - left.scale, right.precision - right.scale)
    const digits = whole + scale + 1
    if (digits > MAX_NATIVE_DIGITS) {
      return compilation.rows(type, [a, b], (x, y) =>
        fitting(
          exact(up(x as bigint, scale - left.scale), up(y as bigint, scale - right.scale)),
          type,
          'QRN-EXEC-001',
        ),
      )
    }
    const sum = binary(
      operator,
      scaleUp(widen(a), scale - left.scale),
      scaleUp(widen(b), scale - right.scale),
    )
    return narrow(sum, type, digits, 'QRN-EXEC-001', compilation)
  }
}

export const multiply: CompiledFunction = (operands, type, compilation) => {
  const [a, b] = operands as readonly [Operand, Operand]
  if (type.kind === 'float') return finite(binary('Multiply', a.node, b.node), compilation)
  const digits = asDecimal(a.type).precision + asDecimal(b.type).precision
  if (digits > MAX_NATIVE_DIGITS) {
    return compilation.rows(type, [a, b], (x, y) =>
      fitting((x as bigint) * (y as bigint), type, 'QRN-EXEC-001'),
    )
  }
  return narrow(binary('Multiply', widen(a), widen(b)), type, digits, 'QRN-EXEC-001', compilation)
}

export const divide: CompiledFunction = (operands, type, compilation) => {
  const [a, b] = operands as readonly [Operand, Operand]
  const divisor = compilation.keep(b.node)
  const isZero = binary(
    'Eq',
    divisor,
    type.kind === 'float' ? cast(integerNode(0), 'Float64') : integerNode(0, dtypeOf(b.type)),
  )
  failWhere(isZero, 'QRN-EXEC-002', a, compilation)
  const safe = { type: b.type, node: ternary(isZero, nullNode(dtypeOf(b.type)), divisor) }
  if (type.kind === 'float') return finite(binary('TrueDivide', a.node, safe.node), compilation)
  return quotient(a, safe, type, compilation)
}

/** `a / b` rounded half away from zero; NULL where `b` is 0. */
export const ratio: CompiledFunction = (operands, type, compilation) => {
  const [a, b] = operands as readonly [Operand, Operand]
  const isZero = binary('Eq', b.node, integerNode(0, dtypeOf(b.type)))
  const node = compilation.keep(ternary(isZero, nullNode(dtypeOf(b.type)), b.node))
  return quotient(a, { type: b.type, node }, type, compilation)
}

/** The rounded quotient; NULL where an operand is. */
export function quotient(a: Operand, b: Operand, type: DataType, compilation: Compilation): Node {
  const shift = scaleOf(type) + scaleOf(b.type) - scaleOf(a.type)
  const digitsOfA = asDecimal(a.type).precision + Math.max(0, shift)
  const digitsOfB = asDecimal(b.type).precision + Math.max(0, -shift)
  // Twice the dividend and once the divisor are added up.
  if (digitsOfA + 1 > MAX_NATIVE_DIGITS - 1 || digitsOfB + 1 > MAX_NATIVE_DIGITS - 1) {
    return compilation.rows(type, [a, b], (x, y) => {
      const [dividend, divisor] =
        shift >= 0 ? [up(x as bigint, shift), y as bigint] : [x as bigint, up(y as bigint, -shift)]
      return fitting(divideRounded(dividend, divisor), type, 'QRN-EXEC-001')
    })
  }
  const dividend = compilation.keep(scaleUp(widen(a), Math.max(0, shift)))
  const divisor = compilation.keep(scaleUp(widen(b), Math.max(0, -shift)))
  const node = divideRoundedNode(dividend, divisor)
  return narrow(node, type, digitsOfA, 'QRN-EXEC-001', compilation)
}

/** `div` and `mod` of integers. */
export const div: CompiledFunction = (operands, type, compilation) => {
  const [a, b] = wholeOperands(operands, compilation)
  return narrow(divideCutNode(a, b), type, 20, 'QRN-EXEC-001', compilation)
}

export const mod: CompiledFunction = (operands, type, compilation) => {
  const [a, b] = wholeOperands(operands, compilation)
  const rest = binary('Minus', a, binary('Multiply', divideCutNode(a, b), b))
  return cast(rest, dtypeOf(type), 'NonStrict')
}

function wholeOperands(
  operands: readonly Operand[],
  compilation: Compilation,
): readonly [Node, Node] {
  const [a, b] = operands as readonly [Operand, Operand]
  const [dividend, divisor] = [compilation.keep(widen(a)), compilation.keep(widen(b))]
  const isZero = binary('Eq', divisor, ZERO)
  failWhere(isZero, 'QRN-EXEC-002', a, compilation)
  return [dividend, compilation.keep(ternary(isZero, nullNode('Int128'), divisor))]
}

/** NULL divided by zero is NULL, not a failure. */
function failWhere(
  isZero: Node,
  code: 'QRN-EXEC-002',
  dividend: Operand,
  compilation: Compilation,
): void {
  compilation.fail(
    code,
    binary('And', isTrue(isZero), call({ Boolean: 'IsNotNull' }, dividend.node)),
  )
}

export const negate: CompiledFunction = (operands, type, compilation) => {
  const [x] = operands as readonly [Operand]
  if (type.kind === 'float') {
    const zero = cast(integerNode(0), 'Float64')
    return finite(binary('Minus', zero, x.node), compilation)
  }
  const digits = asDecimal(x.type).precision
  return narrow(binary('Minus', ZERO, widen(x)), type, digits, 'QRN-EXEC-001', compilation)
}

export const abs: CompiledFunction = (operands, type, compilation) => {
  const [x] = operands as readonly [Operand]
  if (type.kind === 'float') return call('Abs', x.node)
  const digits = asDecimal(x.type).precision
  return narrow(call('Abs', widen(x)), type, digits, 'QRN-EXEC-001', compilation)
}

export const sign: CompiledFunction = ([x]) => {
  const { node, type } = x as Operand
  const zero =
    type.kind === 'float' ? cast(integerNode(0), 'Float64') : integerNode(0, dtypeOf(type))
  const negative = ternary(binary('Lt', node, zero), integerNode(-1), integerNode(0))
  const signed = ternary(binary('Gt', node, zero), integerNode(1), negative)
  return ternary(call({ Boolean: 'IsNull' }, node), nullNode('Int64'), signed)
}

export const round: CompiledFunction = (operands, type, compilation) => {
  const [x] = operands as readonly [Operand]
  const dropped = scaleOf(x.type) - scaleOf(type)
  if (dropped <= 0) return x.node
  const { precision } = asDecimal(x.type)
  if (precision + 1 > MAX_NATIVE_DIGITS - 1) {
    return compilation.rows(type, [x], (value) =>
      fitting(
        rescaleRounded(value as bigint, scaleOf(x.type), scaleOf(type)),
        type,
        'QRN-EXEC-001',
      ),
    )
  }
  const value = compilation.keep(widen(x))
  const rounded = divideRoundedNode(value, integerNode(powerOfTen(dropped), 'Int128'))
  return narrow(rounded, type, precision - dropped + 1, 'QRN-EXEC-001', compilation)
}

/** `floor` and `ceil`. */
export function cutOff(name: 'Floor' | 'Ceil'): CompiledFunction {
  return (operands, type, compilation) => {
    const [x] = operands as readonly [Operand]
    if (x.type.kind === 'float') return finite(call(name, x.node), compilation)
    const scale = scaleOf(x.type)
    if (scale === 0) return x.node
    const divisor = integerNode(powerOfTen(scale), 'Int128')
    const value = widen(x)
    const cut =
      name === 'Floor'
        ? binary('FloorDivide', value, divisor)
        : binary('Minus', ZERO, binary('FloorDivide', binary('Minus', ZERO, value), divisor))
    const digits = asDecimal(x.type).precision - scale + 1
    return narrow(cut, type, digits, 'QRN-EXEC-001', compilation)
  }
}

function up(value: bigint, places: number): bigint {
  return value * powerOfTen(places)
}
