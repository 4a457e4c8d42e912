import {
  canonicalJson,
  decimalType,
  DataTypes,
  encodeBase64,
  formatValue,
  isValueProblem,
  type DataType,
  type ValueProblem,
} from '@qarion/core'
import type { SchemaTree } from 'hyparquet'

import { toBigint, toFloat } from './convert-number.ts'
import type { ConvertRaw } from './convert-raw.ts'
import { toDate, toTime, toTimestamp, type LocalTime } from './convert-time.ts'
import { leafType, type StoredType } from './stored-type.ts'
import { formatUuid } from './text-values.ts'

/** JSON text of a part of a nested value. */
type JsonText = (raw: unknown) => string | ValueProblem

/** Whether the keys of all maps within are texts, which members of JSON objects need. */
export function hasTextKeys(node: SchemaTree): boolean {
  const key = mapEntry(node)?.children[0]
  if (key !== undefined && leafType(key.element).kind !== 'string') return false
  return node.children.every(hasTextKeys)
}

/**
 * Lists as arrays, maps and structs as objects; numbers with all their digits, dates and times in their text form, bytes
 * as base64. `undefined` where a part is of a type that has no such form.
 */
export function createJsonText(node: SchemaTree, local: LocalTime): JsonText | undefined {
  if (node.element.repetition_type !== 'REPEATED') return textOfOne(node, local)
  const item = textOfOne(node, local)
  return item === undefined ? undefined : listText(item)
}

function textOfOne(node: SchemaTree, local: LocalTime): JsonText | undefined {
  if (node.children.length === 0) return leafText(leafType(node.element), local)
  if (node.element.logical_type?.type === 'VARIANT') return undefined
  const item = listItem(node)
  if (item !== undefined) {
    const text = textOfOne(item, local)
    return text === undefined ? undefined : listText(text)
  }
  const value = mapEntry(node)?.children[1]
  if (value !== undefined) {
    const text = createJsonText(value, local)
    return text === undefined ? undefined : objectText(() => text)
  }
  const members = new Map(
    node.children.map((child) => [child.element.name, createJsonText(child, local)] as const),
  )
  if ([...members.values()].includes(undefined)) return undefined
  return objectText((name) => members.get(name) as JsonText)
}

/** The items of a list, as the reader takes one apart. */
function listItem({ element, children }: SchemaTree): SchemaTree | undefined {
  const [repeated, ...others] = children
  if (element.converted_type !== 'LIST' || repeated === undefined || others.length > 0)
    return undefined
  if (repeated.children.length > 1 || repeated.element.repetition_type !== 'REPEATED')
    return undefined
  return repeated.children[0] ?? repeated
}

/** Key and value of a map. */
function mapEntry({ element, children }: SchemaTree): SchemaTree | undefined {
  const [entry, ...others] = children
  const isMap =
    element.converted_type === 'MAP' &&
    others.length === 0 &&
    entry?.children.length === 2 &&
    entry.element.repetition_type === 'REPEATED'
  return isMap ? entry : undefined
}

function listText(item: JsonText): JsonText {
  return (raw) => {
    const parts: string[] = []
    for (const value of raw as Iterable<unknown>) {
      const text = orNull(item, value)
      if (typeof text !== 'string') return text
      parts.push(text)
    }
    return `[${parts.join(',')}]`
  }
}

function objectText(memberOf: (name: string) => JsonText): JsonText {
  return (raw) => {
    const parts: string[] = []
    for (const [name, value] of Object.entries(raw as object)) {
      const text = orNull(memberOf(name), value)
      if (typeof text !== 'string') return text
      parts.push(`${JSON.stringify(name)}:${text}`)
    }
    return `{${parts.join(',')}}`
  }
}

function orNull(textOf: JsonText, raw: unknown): string | ValueProblem {
  return raw === null || raw === undefined ? 'null' : textOf(raw)
}

function leafText(stored: StoredType, local: LocalTime): JsonText | undefined {
  switch (stored.kind) {
    case 'boolean':
      return String
    case 'integer':
      return (raw) => String(toBigint(raw, stored.isSigned, stored.bits))
    case 'decimal': {
      const type = decimalType(stored.precision, stored.scale)
      return (raw) => formatValue(type, toBigint(raw))
    }
    case 'float':
      return printed(toFloat(stored), DataTypes.float)
    case 'string':
      return (raw) => (isValueProblem(raw) ? raw : JSON.stringify(raw))
    case 'json':
      // Brought to its form by itself: within another text it could mean something else.
      return (raw) => (typeof raw === 'string' ? canonicalJson(raw) : (raw as ValueProblem))
    case 'uuid':
      return (raw) => `"${formatUuid(raw as Uint8Array)}"`
    case 'date':
      return quoted(toDate(stored), DataTypes.date)
    case 'time':
      return quoted(toTime(stored), DataTypes.time)
    case 'timestamp':
    case 'int96':
      return quoted(toTimestamp(stored, local), DataTypes.timestamp)
    case 'binary':
      return (raw) => `"${encodeBase64(raw as Uint8Array)}"`
    case 'nested':
    case 'other':
      return undefined
  }
}

function printed(convert: ConvertRaw | undefined, type: DataType): JsonText | undefined {
  if (convert === undefined) return undefined
  return (raw) => {
    const value = convert(raw)
    return isValueProblem(value) ? value : formatValue(type, value)
  }
}

function quoted(convert: ConvertRaw | undefined, type: DataType): JsonText | undefined {
  const text = printed(convert, type)
  if (text === undefined) return undefined
  return (raw) => {
    const found = text(raw)
    return typeof found === 'string' ? `"${found}"` : found
  }
}
