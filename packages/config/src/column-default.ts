import {
  createParser,
  type DataType,
  formatValue,
  isValueProblem,
  type LiteralExpression,
} from '@qarion/core'

import type { ProblemList } from './problem-list.ts'
import { TomlDateTime, type TomlNode } from './toml-node.ts'

/** The default of a column as a literal; `undefined` where it is no value of the type, which is reported. */
export function columnDefault(
  column: string,
  type: DataType,
  node: TomlNode,
  problems: ProblemList,
): LiteralExpression | undefined {
  const text = literalText(type, node)
  const value = text === undefined ? undefined : createParser(type)(text)
  if (value !== undefined && !isValueProblem(value)) {
    return Object.freeze({ kind: 'literal', type, text: formatValue(type, value) })
  }
  problems.add({
    code: 'QRN-CONFIG-028',
    message: `the default of \`${column}\` is no ${type.kind}${value === undefined ? '' : `: ${value.reason}`}`,
    hint: `Write a ${type.kind} in its text form.`,
    at: node,
  })
  return undefined
}

const KINDS_OF_VALUE = {
  boolean: ['boolean', 'json'],
  number: ['integer', 'decimal', 'float', 'json'],
  date: ['date', 'time', 'timestamp'],
} as const

/** The text of a value of the file, if it is written in a way that its type has. */
export function literalText(type: Pick<DataType, 'kind'>, node: TomlNode): string | undefined {
  if (node.kind !== 'scalar') return undefined
  const { value } = node
  if (typeof value === 'string') return value
  const isDate = value instanceof TomlDateTime
  const kinds: readonly string[] =
    KINDS_OF_VALUE[isDate ? 'date' : typeof value === 'boolean' ? 'boolean' : 'number']
  if (!kinds.includes(type.kind)) return undefined
  if (isDate) return value.text
  // As written: 0.10 keeps its digits, 1_000 loses its separator.
  return node.source.text.slice(node.start, node.end).replaceAll('_', '')
}
