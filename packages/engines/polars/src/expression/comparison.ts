import type { DataType } from '@qarion/core'

import { dtypeOf } from '../frame/dtypes.ts'
import {
  binary,
  cast,
  integerNode,
  isNull,
  isTrue,
  not,
  nullNode,
  ternary,
  type BinaryOperator,
  type Node,
} from '../frame/node.ts'
import { rescaleRounded } from '../values/exact.ts'
import { castOperand } from './cast.ts'
import type { Compilation, Operand } from './compilation.ts'
import type { CompiledFunction } from './function-table.ts'
import { asDecimal, MAX_NATIVE_DIGITS, scaleOf, widenAll } from './number.ts'

/** A comparison of two values in the type that holds both. */
export function comparison(operator: BinaryOperator): CompiledFunction {
  return (operands, _type, compilation) => {
    const [left, right] = operands as readonly [Operand, Operand]
    if (commonDigits(left.type, right.type) > MAX_NATIVE_DIGITS)
      return compareExactly(operator, left, right, compilation)
    const [a, b] = widenAll(operands, compilation) as readonly [Operand, Operand]
    return binary(operator, comparable(a), comparable(b))
  }
}

/** Polars orders booleans only as numbers. */
function comparable({ node, type }: Operand): Node {
  return type.kind === 'boolean' ? cast(node, 'Int8') : node
}

/** Digits that two numbers of different scales have in one. */
function commonDigits(left: DataType, right: DataType): number {
  if (left.kind !== 'decimal' && right.kind !== 'decimal') return 0
  const [a, b] = [asDecimal(left), asDecimal(right)]
  return Math.max(a.precision - a.scale, b.precision - b.scale) + Math.max(a.scale, b.scale)
}

/** Numbers that are comparable only in more digits than 128 bits hold. */
function compareExactly(
  operator: BinaryOperator,
  left: Operand,
  right: Operand,
  compilation: Compilation,
): Node {
  const scale = Math.max(scaleOf(left.type), scaleOf(right.type))
  const order = compilation.rows({ kind: 'integer' }, [left, right], (a, b) => {
    const difference =
      rescaleRounded(a as bigint, scaleOf(left.type), scale) -
      rescaleRounded(b as bigint, scaleOf(right.type), scale)
    return difference < 0n ? -1n : difference > 0n ? 1n : 0n
  })
  const zero = integerNode(0)
  if (operator !== 'EqValidity' && operator !== 'NotEqValidity')
    return binary(operator, order, zero)
  const [noLeft, noRight] = [isNull(left.node), isNull(right.node)]
  const isSame = ternary(
    binary('Or', noLeft, noRight),
    binary('And', noLeft, noRight),
    binary('Eq', order, zero),
  )
  return operator === 'EqValidity' ? isSame : not(isSame)
}

export const nullIf: CompiledFunction = (operands, type, compilation) => {
  const [a] = operands as readonly [Operand]
  const isEqual = comparison('Eq')(operands, { kind: 'boolean' }, compilation)
  return ternary(isTrue(isEqual), nullNode(dtypeOf(type)), a.node)
}

/** `least` and `greatest`: NULL if any argument is. */
export function extreme(operator: 'Lt' | 'Gt'): CompiledFunction {
  return (operands, type, compilation) => {
    const nodes = operands.map((operand) =>
      compilation.keep(castOperand(operand, type, compilation)),
    )
    const [first, ...rest] = nodes as [Node, ...Node[]]
    const compare = comparison(operator)
    return rest.reduce<Node>((best, node) => {
      const kept = compilation.keep(best)
      const isBetter = compare(
        [
          { node, type },
          { node: kept, type },
        ],
        { kind: 'boolean' },
        compilation,
      )
      const anyNull = binary('Or', isNull(node), isNull(kept))
      return ternary(anyNull, nullNode(dtypeOf(type)), ternary(isBetter, node, kept))
    }, first)
  }
}
