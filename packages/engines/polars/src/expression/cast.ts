import {
  createParser,
  formatValue,
  isSameType,
  isValueProblem,
  type DataType,
  type DecimalType,
} from '@qarion/core'

import { call, cast, nullNode, isNull, ternary, textNode, type Node } from '../frame/node.ts'
import { decimalOfFloat } from '../values/exact.ts'
import type { Compilation, Operand } from './compilation.ts'
import { fitting, rescale } from './number.ts'
import { dateOfTimestamp, timestampOfDate } from './time.ts'

/** The operand in another type, by the closed table of casts. */
export function castOperand(operand: Operand, to: DataType, compilation: Compilation): Node {
  const { type, node } = operand
  if (isSameType(type, to)) return node
  if (type.kind === 'string') return parsed(operand, to, compilation)
  switch (to.kind) {
    case 'string':
      return textOf(operand, compilation)
    case 'integer':
      return type.kind === 'boolean'
        ? cast(node, 'Int64')
        : rescale(operand, to, 'QRN-EXEC-003', compilation)
    case 'decimal':
      return type.kind === 'float'
        ? decimal(operand, to, compilation)
        : rescale(operand, to, 'QRN-EXEC-003', compilation)
    case 'float':
      return type.kind === 'integer'
        ? cast(node, 'Float64')
        : compilation.rows(to, [operand], (value) => Number(formatValue(type, value as bigint)) + 0)
    case 'date':
      return dateOfTimestamp(node)
    case 'timestamp':
      return timestampOfDate(node)
    case 'boolean':
    case 'time':
    case 'json':
    case 'binary':
      return node
  }
}

/** The text form of a value. */
export function textOf({ node, type }: Operand, compilation: Compilation): Node {
  switch (type.kind) {
    case 'boolean': {
      const word = ternary(node, textNode('true'), textNode('false'))
      return ternary(isNull(node), nullNode('String'), word)
    }
    case 'integer':
      return cast(node, 'String')
    case 'date':
      return call({ TemporalExpr: { ToString: '%Y-%m-%d' } }, node)
    case 'decimal':
    case 'time':
    case 'timestamp':
      return compilation.rows({ kind: 'string' }, [{ node, type }], (value) =>
        formatValue(type, value as bigint),
      )
    case 'string':
    case 'json':
    case 'float':
    case 'binary':
      return node
  }
}

function parsed(operand: Operand, to: DataType, compilation: Compilation): Node {
  const parse = createParser(to)
  return compilation.rows(to, [operand], (text) => {
    const value = parse(text as string)
    return isValueProblem(value) ? { failure: 'QRN-EXEC-003' } : value
  })
}

function decimal(operand: Operand, to: DecimalType, compilation: Compilation): Node {
  return compilation.rows(to, [operand], (value) =>
    fitting(decimalOfFloat(value as number, to.scale), to, 'QRN-EXEC-001'),
  )
}
