import { DataTypes, decimalType, MAX_DECIMAL_PRECISION } from '@qarion/core'
import type { DataType } from '@qarion/core'

import { suggestName } from '../suggest.ts'
import type { TokenReader } from './token-reader.ts'

const TYPE_NAMES: readonly string[] = [...Object.keys(DataTypes), 'decimal']

/** Whether a typed constant stands here: `date '2024-01-31'`, `decimal(12,2) '1.50'`. */
export function seesTypedConstant(reader: TokenReader): boolean {
  const name = reader.peek()
  if (name.kind !== 'name' || !TYPE_NAMES.includes(name.text.toLowerCase())) return false
  if (reader.peek(1).kind === 'string') return true
  // decimal ( p , s ) 'text' or decimal ( p ) 'text'
  return (
    reader.peek(1).text === '(' &&
    (reader.peek(6).kind === 'string' || reader.peek(4).kind === 'string') &&
    name.text.toLowerCase() === 'decimal'
  )
}

/** A type: `integer`, `decimal(12,2)`. Throws QRN-EXPR-001, -003. */
export function parseType(reader: TokenReader): DataType {
  const token = reader.peek()
  const name = token.text.toLowerCase()
  if (token.kind !== 'name' || !TYPE_NAMES.includes(name)) {
    throw reader.unexpected('a type', suggestName(name, TYPE_NAMES, 'types'))
  }
  reader.next()
  if (name !== 'decimal') return DataTypes[name as keyof typeof DataTypes]
  reader.expect('(', 'decimal')
  const precision = parseSize(reader)
  const scale = reader.take(',') ? parseSize(reader) : 0
  reader.expect(')', 'the digits of decimal')
  if (precision < 1 || precision > MAX_DECIMAL_PRECISION || scale > precision) {
    throw reader.error(
      'QRN-EXPR-003',
      `decimal(${precision},${scale}) is not a type`,
      { start: token.start, end: reader.end },
      `A decimal has 1 to ${MAX_DECIMAL_PRECISION} digits, and no more of them after the point.`,
    )
  }
  return decimalType(precision, scale)
}

function parseSize(reader: TokenReader): number {
  const token = reader.peek()
  if (token.kind !== 'number' || !/^\d{1,3}$/.test(token.text))
    throw reader.unexpected('a number of digits')
  return Number(reader.next().text)
}
