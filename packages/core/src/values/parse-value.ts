import type { DataType } from '../data/data-type.ts'
import type { Value } from '../data/value.ts'
import { decodeBase64 } from './base64.ts'
import { canonicalJson } from './canonical-json.ts'
import {
  createDecimalParser,
  createFloatParser,
  createIntegerParser,
  type NumberOptions,
} from './parse-number.ts'
import {
  createDateParser,
  createTimeParser,
  createTimestampParser,
  type TimeOptions,
} from './parse-time.ts'
import { valueProblem, type ValueProblem } from './problem.ts'

/** How the text of a column is read; each option counts for the types it concerns. */
export interface ParseOptions extends NumberOptions, TimeOptions {}

/** Reads one text that is not NULL: a value, or why it is none. */
export type ValueParser = (text: string) => Value | ValueProblem

const NOT_BOOLEAN = valueProblem('not a boolean: true, false, 1 or 0')
const HOLDS_NUL = valueProblem('holds a NUL character')
const NOT_UNICODE = valueProblem('holds a lone surrogate')
const NOT_BASE64 = valueProblem('not base64 with padding')

/**
 * The function that reads texts of a type; make it once per column. What is accepted is docs/semantics.md section 1;
 * nothing is trimmed. Throws QRN-VALUE-001 or -002 for options that make no sense.
 */
export function createParser(type: DataType, options: ParseOptions = {}): ValueParser {
  switch (type.kind) {
    case 'boolean':
      return parseBoolean
    case 'integer':
      return createIntegerParser(options)
    case 'decimal':
      return createDecimalParser(type, options)
    case 'float':
      return createFloatParser(options)
    case 'string':
      return parseString
    case 'date':
      return createDateParser(options)
    case 'time':
      return createTimeParser(options)
    case 'timestamp':
      return createTimestampParser(options)
    case 'json':
      return canonicalJson
    case 'binary':
      return parseBinary
  }
}

/** Reads one text; for many of them take `createParser`. */
export function parseValue(
  type: DataType,
  text: string,
  options?: ParseOptions,
): Value | ValueProblem {
  return createParser(type, options)(text)
}

function parseBoolean(text: string): boolean | ValueProblem {
  if (text === 'true' || text === '1') return true
  if (text === 'false' || text === '0') return false
  if (text.length > 5) return NOT_BOOLEAN
  const lower = text.toLowerCase()
  return lower === 'true' ? true : lower === 'false' ? false : NOT_BOOLEAN
}

function parseString(text: string): string | ValueProblem {
  if (text.includes('\0')) return HOLDS_NUL
  return text.isWellFormed() ? text : NOT_UNICODE
}

function parseBinary(text: string): Uint8Array | ValueProblem {
  return decodeBase64(text) ?? NOT_BASE64
}
