import type { DataType, DecimalType, Value } from '@qarion/core'

import { decodeBase64 } from './base64.ts'
import { daysOf } from './calendar.ts'
import { canonicalJson } from './canonical-json.ts'

const INTEGER = /^[+-]?\d+$/
const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/
const FLOAT = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const DATE = /^(\d{4})-(\d\d)-(\d\d)$/
const TIME = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?$/
const TIMESTAMP = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|z|[+-]\d\d(?::?\d\d)?)?$/

const MICROSECONDS_PER_DAY = 86_400_000_000n
const FIRST_INSTANT = -62_135_596_800_000_000n
const LAST_INSTANT = 253_402_300_799_999_999n
const MAX_INTEGER = 2n ** 63n - 1n

/** The value that a text form stands for; `undefined` if the text is not one of the type. A timestamp without offset is UTC. */
export function parseText(type: DataType, text: string): Value | undefined {
  switch (type.kind) {
    case 'boolean':
      return parseBoolean(text)
    case 'integer':
      return parseInteger(text)
    case 'decimal':
      return parseDecimal(type, text)
    case 'float':
      return parseFloatText(text)
    case 'string':
      return text.includes('\u0000') || !text.isWellFormed() ? undefined : text
    case 'date':
      return parseDate(text)
    case 'time':
      return parseTime(text)
    case 'timestamp':
      return parseTimestamp(text)
    case 'json':
      return canonicalJson(text)
    case 'binary':
      return decodeBase64(text)
  }
}

function parseBoolean(text: string): boolean | undefined {
  const lower = text.toLowerCase()
  if (lower === 'true' || lower === '1') return true
  return lower === 'false' || lower === '0' ? false : undefined
}

function parseInteger(text: string): bigint | undefined {
  if (!INTEGER.test(text)) return undefined
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text)
  return value > MAX_INTEGER || value < -MAX_INTEGER - 1n ? undefined : value
}

function parseDecimal(type: DecimalType, text: string): bigint | undefined {
  const match = DECIMAL.exec(text)
  if (match === null) return undefined
  const [, sign = '', whole = '', fraction = ''] = match
  if (/[1-9]/.test(fraction.slice(type.scale))) return undefined
  const unscaled = BigInt(whole + fraction.slice(0, type.scale).padEnd(type.scale, '0'))
  if (unscaled >= 10n ** BigInt(type.precision)) return undefined
  return sign === '-' ? -unscaled : unscaled
}

function parseFloatText(text: string): number | undefined {
  if (!FLOAT.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value + 0 : undefined
}

function parseDate(text: string): number | undefined {
  const match = DATE.exec(text)
  return match === null ? undefined : daysOf(Number(match[1]), Number(match[2]), Number(match[3]))
}

function parseTime(text: string): bigint | undefined {
  const match = TIME.exec(text)
  if (match === null) return undefined
  const [, hour = '', minute = '', second = '0', fraction = ''] = match
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  if (/[1-9]/.test(fraction.slice(6))) return undefined
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second)
  return BigInt(seconds) * 1_000_000n + BigInt(fraction.slice(0, 6).padEnd(6, '0'))
}

function parseTimestamp(text: string): bigint | undefined {
  const match = TIMESTAMP.exec(text)
  if (match === null) return undefined
  const days = parseDate(match[1] ?? '')
  const clock = parseTime(match[2] ?? '')
  const offset = parseOffset(match[3])
  if (days === undefined || clock === undefined || offset === undefined) return undefined
  const instant = BigInt(days) * MICROSECONDS_PER_DAY + clock - offset
  return instant < FIRST_INSTANT || instant > LAST_INSTANT ? undefined : instant
}

function parseOffset(text: string | undefined): bigint | undefined {
  if (text === undefined || text.toUpperCase() === 'Z') return 0n
  const digits = text.slice(1).replace(':', '').padEnd(4, '0')
  const hours = Number(digits.slice(0, 2))
  const minutes = Number(digits.slice(2))
  if (hours > 23 || minutes > 59) return undefined
  const microseconds = BigInt(hours * 60 + minutes) * 60_000_000n
  return text.startsWith('-') ? -microseconds : microseconds
}
