import { formatType, isQarionError, type DataType, type LiteralExpression } from '@qarion/core'
import { decimal, literal } from '@qarion/plan'

/** A value of `config` as a constant to compare a column of the type with; `undefined` where it is none. */
export function constantOf(type: DataType, value: unknown): LiteralExpression | undefined {
  const written = textForm(value)
  if (written === undefined) return undefined
  if (typeof value === 'boolean' && type.kind !== 'boolean') return undefined
  if (typeof value !== 'string' && type.kind === 'string') return undefined
  try {
    return type.kind === 'decimal' ? decimal(written) : literal(type, written)
  } catch (thrown) {
    if (isQarionError(thrown)) return undefined
    throw thrown
  }
}

/** How such a value is written, for hints. */
export function formOf(type: DataType): string {
  const forms: Readonly<Record<string, string>> = {
    date: '"2024-01-31"',
    time: '"12:30:00"',
    timestamp: '"2024-01-31T12:30:00Z"',
    string: '"text"',
    boolean: 'true',
    decimal: '1.5, or "1.50" where the digits matter',
  }
  return `A ${formatType(type)} is written as ${forms[type.kind] ?? '1'}.`
}

function textForm(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value
    case 'boolean':
    case 'bigint':
      return String(value)
    case 'number':
      return Number.isFinite(value) ? String(value) : undefined
    default:
      return dateText(value)
  }
}

/** The text of a date or time that TOML has a form of its own for. */
function dateText(value: unknown): string | undefined {
  const { text } = (value ?? {}) as { readonly text?: unknown }
  return typeof text === 'string' ? text : undefined
}

const UNITS: Readonly<Record<string, bigint>> = {
  ms: 1000n,
  s: 1_000_000n,
  m: 60_000_000n,
  h: 3_600_000_000n,
  d: 86_400_000_000n,
}

/** `36h`, `1d 12h` in microseconds; `undefined` if the value is no duration. */
export function durationOf(value: unknown): bigint | undefined {
  if (typeof value !== 'string' || !/^\s*(?:\d{1,9}\s*(?:ms|s|m|h|d)\s*)+$/.test(value))
    return undefined
  let total = 0n
  for (const [, digits, unit] of value.matchAll(/(\d+)\s*(ms|s|m|h|d)/g))
    total += BigInt(digits as string) * (UNITS[unit as string] as bigint)
  return total
}

/** A fraction in millionths; `undefined` if the value is none, or has more places. */
export function millionthsOf(
  value: unknown,
  most: number = Number.POSITIVE_INFINITY,
): bigint | undefined {
  if (typeof value !== 'number' || !(value >= 0) || value > most || value > 1e6) return undefined
  const millionths = Math.round(value * 1_000_000)
  return Math.abs(millionths / 1_000_000 - value) < 1e-12 ? BigInt(millionths) : undefined
}

/** A whole number that is not negative. */
export function countOf(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value < 0n ? undefined : value
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
    ? BigInt(value)
    : undefined
}

/** A value as it is named in messages. */
export function shown(value: unknown): string {
  const text =
    textForm(value) ?? (Array.isArray(value) ? 'a list' : value === undefined ? '' : 'a table')
  return text.slice(0, 60)
}
