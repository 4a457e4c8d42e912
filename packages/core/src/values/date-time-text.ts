import { dateFromDays, SECONDS_PER_DAY } from './calendar.ts'
import { compileDateTimeFormat } from './date-time-format.ts'

const MICROS_PER_DAY = BigInt(SECONDS_PER_DAY) * 1_000_000n

interface Parts {
  readonly year: number
  readonly month: number
  readonly day: number
  /** Microseconds since midnight. */
  readonly clock: number
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
const MICROS_PER_HOUR = 3_600_000_000
const MICROS_PER_MINUTE = 60_000_000

const PRINTED: Readonly<Record<string, (parts: Parts) => string>> = {
  yyyy: ({ year }) => pad(year, 4),
  MMM: ({ month }) => MONTHS[month - 1] as string,
  MM: ({ month }) => pad(month, 2),
  M: ({ month }) => String(month),
  dd: ({ day }) => pad(day, 2),
  d: ({ day }) => String(day),
  HH: ({ clock }) => pad(Math.trunc(clock / MICROS_PER_HOUR), 2),
  H: ({ clock }) => String(Math.trunc(clock / MICROS_PER_HOUR)),
  mm: ({ clock }) => pad(Math.trunc(clock / MICROS_PER_MINUTE) % 60, 2),
  ss: ({ clock }) => pad(Math.trunc(clock / 1_000_000) % 60, 2),
  SSS: ({ clock }) => pad(Math.trunc((clock % 1_000_000) / 1000), 3),
  SSSSSS: ({ clock }) => pad(clock % 1_000_000, 6),
  XXX: () => 'Z',
  XX: () => 'Z',
}

/**
 * Prints timestamps (microseconds) in UTC in a format of date and time columns. What the format has no place for is cut
 * off. Throws QRN-VALUE-001 for a format that is none.
 */
export function createDateTimePrinter(format: string): (micros: bigint) => string {
  compileDateTimeFormat(format)
  const pieces = [...format.matchAll(/([A-Za-z])\1*|'[^']*'|[^A-Za-z']+/g)].map(
    ([text]): ((parts: Parts) => string) => {
      const print = PRINTED[text]
      if (print !== undefined) return print
      const literal = text === "''" ? "'" : text.replaceAll("'", '')
      return () => literal
    },
  )
  return (micros) => {
    const clock = ((micros % MICROS_PER_DAY) + MICROS_PER_DAY) % MICROS_PER_DAY
    const date = dateFromDays(Number((micros - clock) / MICROS_PER_DAY))
    const parts = { ...date, clock: Number(clock) }
    return pieces.map((print) => print(parts)).join('')
  }
}

function pad(number: number, width: number): string {
  return String(number).padStart(width, '0')
}
