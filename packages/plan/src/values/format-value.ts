import type { DataType, Value } from '@qarion/core'

import { encodeBase64 } from './base64.ts'
import { formatDays, pad } from './calendar.ts'

const MICROSECONDS_PER_SECOND = 1_000_000n
const MICROSECONDS_PER_DAY = 86_400_000_000n

/** The canonical text form of a value of the type: `parseText` reads it back, and equal values have equal texts. */
export function formatValue(type: DataType, value: Value): string {
  switch (type.kind) {
    case 'decimal':
      return formatUnscaled(value as bigint, type.scale)
    case 'date':
      return formatDays(value as number)
    case 'time':
      return formatClock(value as bigint)
    case 'timestamp':
      return formatInstant(value as bigint)
    case 'binary':
      return encodeBase64(value as Uint8Array)
    case 'boolean':
    case 'integer':
    case 'float':
    case 'string':
    case 'json':
      return String(value)
  }
}

function formatUnscaled(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  const sign = unscaled < 0n ? '-' : ''
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

function formatClock(microseconds: bigint): string {
  const seconds = Number(microseconds / MICROSECONDS_PER_SECOND)
  const fraction = Number(microseconds % MICROSECONDS_PER_SECOND)
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return (
    clock.map((part) => pad(part, 2)).join(':') + (fraction === 0 ? '' : `.${pad(fraction, 6)}`)
  )
}

function formatInstant(microseconds: bigint): string {
  const clock =
    ((microseconds % MICROSECONDS_PER_DAY) + MICROSECONDS_PER_DAY) % MICROSECONDS_PER_DAY
  const days = Number((microseconds - clock) / MICROSECONDS_PER_DAY)
  return `${formatDays(days)}T${formatClock(clock)}Z`
}
