import {
  createZone,
  MAX_DATE,
  MAX_TIMESTAMP,
  MIN_DATE,
  MIN_TIMESTAMP,
  valueProblem,
  type AmbiguousTime,
  type ValueProblem,
} from '@qarion/core'

import type { ConvertRaw } from './convert-raw.ts'
import type { StoredType, StoredUnit } from './stored-type.ts'

/** How times without a zone are taken. */
export interface LocalTime {
  readonly timezone: string
  readonly ambiguousTime: AmbiguousTime
}

const NO_DAY = valueProblem('no such day in the years 1 to 9999')
const NO_TIME = valueProblem('no such time of day')
const TOO_FINE = valueProblem('finer than a microsecond')
const OUT_OF_RANGE = valueProblem('outside the years 1 to 9999 in UTC')

const MICROS_PER_SECOND = 1_000_000n
const MICROS_PER_DAY = 86_400_000_000n

export function toDate(stored: StoredType): ConvertRaw | undefined {
  if (stored.kind !== 'date') return undefined
  return (raw) => {
    const days = raw as number
    return days < MIN_DATE || days > MAX_DATE ? NO_DAY : days
  }
}

export function toTime(stored: StoredType): ConvertRaw | undefined {
  if (stored.kind !== 'time') return undefined
  return (raw) => {
    const micros = toMicros(BigInt(raw as number | bigint), stored.unit)
    if (typeof micros !== 'bigint') return micros
    return micros < 0n || micros >= MICROS_PER_DAY ? NO_TIME : micros
  }
}

export function toTimestamp(stored: StoredType, local: LocalTime): ConvertRaw | undefined {
  // Twelve bytes come as nanoseconds.
  if (stored.kind === 'int96') return (raw) => inRange(toMicros(raw as bigint, 'ns'))
  if (stored.kind !== 'timestamp') return undefined
  const { unit } = stored
  const toInstant = stored.isUtc ? inRange : localToInstant(local)
  return (raw) => toInstant(toMicros(BigInt(raw as number | bigint), unit))
}

function toMicros(value: bigint, unit: StoredUnit): bigint | ValueProblem {
  if (unit === 'us') return value
  if (unit === 'ms') return value * 1000n
  return value % 1000n === 0n ? value / 1000n : TOO_FINE
}

function inRange(micros: bigint | ValueProblem): bigint | ValueProblem {
  if (typeof micros !== 'bigint') return micros
  return micros < MIN_TIMESTAMP || micros > MAX_TIMESTAMP ? OUT_OF_RANGE : micros
}

type ToInstant = (micros: bigint | ValueProblem) => bigint | ValueProblem

function localToInstant({ timezone, ambiguousTime }: LocalTime): ToInstant {
  const zone = createZone(timezone)
  const gap = valueProblem(`a local time that ${zone.name} skips`)
  const overlap = valueProblem(`a local time that occurs twice in ${zone.name}`)
  return (micros) => {
    const local = inRange(micros)
    if (typeof local !== 'bigint') return local
    const rest = ((local % MICROS_PER_SECOND) + MICROS_PER_SECOND) % MICROS_PER_SECOND
    const seconds = Number((local - rest) / MICROS_PER_SECOND)
    const instant = zone.toEpochSeconds(seconds, ambiguousTime)
    if (instant === 'gap') return gap
    if (instant === 'overlap') return overlap
    return inRange(BigInt(instant) * MICROS_PER_SECOND + rest)
  }
}
