import { canonicalJson, type DataType, type DataTypeKind, type DecimalType } from '@qarion/core'
import type { SchemaTree } from 'hyparquet'

import { toDecimal, toFloat, toInteger } from './convert-number.ts'
import type { ConvertRaw } from './convert-raw.ts'
import { toDate, toTime, toTimestamp, type LocalTime } from './convert-time.ts'
import { createJsonText, hasTextKeys } from './nested-json.ts'
import { storedTypeOf, type StoredType } from './stored-type.ts'
import { formatUuid, type BadText } from './text-values.ts'

interface Source {
  readonly stored: StoredType
  readonly node: SchemaTree
  readonly local: LocalTime
}

/** What each declared type takes; `undefined` where not every stored value could be one of the type. */
const CONVERSIONS: Readonly<
  Record<DataTypeKind, (source: Source, type: DataType) => ConvertRaw | undefined>
> = {
  boolean: ({ stored }) => (stored.kind === 'boolean' ? (raw) => raw === true : undefined),
  integer: ({ stored }) => toInteger(stored),
  decimal: ({ stored }, type) => toDecimal(stored, type as DecimalType),
  float: ({ stored }) => toFloat(stored),
  string: ({ stored }) => toText(stored),
  date: ({ stored }) => toDate(stored),
  time: ({ stored }) => toTime(stored),
  timestamp: ({ stored, local }) => toTimestamp(stored, local),
  json: toJson,
  binary: ({ stored }) =>
    // A copy: the page that the bytes lie in is not kept for them.
    stored.kind === 'binary' ? (raw) => Uint8Array.from(raw as Uint8Array) : undefined,
}

/** The conversion of a column of the file to a declared type; `undefined` where the types do not fit. */
export function createConversion(
  type: DataType,
  node: SchemaTree,
  local: LocalTime,
): ConvertRaw | undefined {
  return CONVERSIONS[type.kind]({ stored: storedTypeOf(node), node, local }, type)
}

function toText(stored: StoredType): ConvertRaw | undefined {
  if (stored.kind === 'string' || stored.kind === 'json') return (raw) => raw as string | BadText
  return stored.kind === 'uuid' ? (raw) => formatUuid(raw as Uint8Array) : undefined
}

function toJson({ stored, node, local }: Source): ConvertRaw | undefined {
  if (stored.kind === 'string' || stored.kind === 'json')
    return (raw) => (typeof raw === 'string' ? canonicalJson(raw) : (raw as BadText))
  if (stored.kind !== 'nested' || !hasTextKeys(node)) return undefined
  const textOf = createJsonText(node, local)
  if (textOf === undefined) return undefined
  return (raw) => {
    const text = textOf(raw)
    return typeof text === 'string' ? canonicalJson(text) : text
  }
}
