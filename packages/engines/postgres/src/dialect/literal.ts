import { formatValue, type DataType, type Value } from '@qarion/core'
import { quoteText } from '@qarion/kit-sql'

import { castAs } from './stored-type.ts'

/** A constant of exactly the type's column type. */
export function literal(value: Value | null, type: DataType): string {
  if (value === null) return castAs('NULL', type)
  switch (type.kind) {
    case 'boolean':
      return value === true ? 'TRUE' : 'FALSE'
    case 'binary':
      return `decode('${Buffer.from(value as Uint8Array).toString('hex')}', 'hex')`
    default:
      return castAs(quoteText(textForm(value, type)), type)
  }
}

/** The text from which the server reads exactly this value. */
export function textForm(value: Value, type: DataType): string {
  switch (type.kind) {
    case 'timestamp':
      // The server would drop an offset in silence; Z is none.
      return formatValue(type, value).replace('Z', '')
    case 'binary':
      return `\\x${Buffer.from(value as Uint8Array).toString('hex')}`
    default:
      return formatValue(type, value)
  }
}
