import { formatValue, type DataType, type Value } from '@qarion/core'
import { quoteText } from '@qarion/kit-sql'

import { storedType } from './stored-type.ts'

/** A constant of exactly the type's column type. */
export function literal(value: Value | null, type: DataType): string {
  if (value === null) return `CAST(NULL AS ${storedType(type)})`
  switch (type.kind) {
    case 'boolean':
      return value === true ? 'TRUE' : 'FALSE'
    case 'string':
    case 'json':
      return quoteText(value as string)
    case 'binary':
      return `from_hex('${Buffer.from(value as Uint8Array).toString('hex')}')`
    case 'timestamp':
      // The cast would drop an offset; Z is none.
      return `CAST('${formatValue(type, value).replace('Z', '')}' AS TIMESTAMP)`
    case 'integer':
    case 'decimal':
    case 'float':
    case 'date':
    case 'time':
      return `CAST('${formatValue(type, value)}' AS ${storedType(type)})`
  }
}
