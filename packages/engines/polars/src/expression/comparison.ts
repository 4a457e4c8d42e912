import { dtypeOf } from '../frame/dtypes.ts'
import {
  binary,
  cast,
  isNull,
  isTrue,
  nullNode,
  ternary,
  type BinaryOperator,
  type Node,
} from '../frame/node.ts'
import { castOperand } from './cast.ts'
import type { Operand } from './compilation.ts'
import type { CompiledFunction } from './function-table.ts'
import { widenAll } from './number.ts'

/** A comparison of two values in the type that holds both. */
export function comparison(operator: BinaryOperator): CompiledFunction {
  return (operands, _type, compilation) => {
    const [a, b] = widenAll(operands, compilation) as readonly [Operand, Operand]
    // Polars orders booleans only as numbers.
    const isBoolean = a.type.kind === 'boolean'
    return binary(
      operator,
      isBoolean ? cast(a.node, 'Int8') : a.node,
      isBoolean ? cast(b.node, 'Int8') : b.node,
    )
  }
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
