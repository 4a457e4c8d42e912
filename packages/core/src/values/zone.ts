import { SECONDS_PER_DAY } from './calendar.ts'
import { unknownZone } from './value-errors.ts'

/** From `epochSeconds` on, local time is UTC plus `offsetSeconds`. */
export interface ZoneTransition {
  readonly epochSeconds: number
  readonly offsetSeconds: number
}

/** Which instant a local time means that occurs twice. */
export type AmbiguousTime = 'earlier' | 'later' | 'reject'

/** A time zone as its transitions. Times are whole seconds; local times count as if the zone were UTC. */
export interface Zone {
  readonly name: string
  offsetAt(epochSeconds: number): number
  /** The instant of a local time; `gap` where there is none, `overlap` where there are two and that is to be rejected. */
  toEpochSeconds(localSeconds: number, ambiguousTime: AmbiguousTime): number | 'gap' | 'overlap'
  /**
   * What holds from `fromSeconds` up to `toSeconds`: the transition in force at the start (its instant is
   * `fromSeconds`), then all within. A relation to join with.
   */
  transitions(fromSeconds: number, toSeconds: number): readonly ZoneTransition[]
}

const UTC_NAMES = new Set(['UTC', 'Etc/UTC', 'Z', 'GMT', 'Etc/GMT'])
/** Whether local times are those of UTC; a zone that is not named is. */
export function isUtcZone(name: unknown): boolean {
  return name === undefined || (typeof name === 'string' && UTC_NAMES.has(name))
}

const CYCLE = 146_097 * SECONDS_PER_DAY
const YEAR_1 = -62_135_596_800
const YEAR_1800 = -5_364_662_400
const YEAR_2100 = 4_102_444_800
/** Rules go by day of the week and month after 2100, so they repeat with the calendar: every 400 years. */
const YEAR_2500 = YEAR_2100 + CYCLE
/** No offset and no pair of neighbouring transitions is wider. */
const REACH = 2 * SECONDS_PER_DAY

/**
 * A zone of the IANA database. Its transitions come from the ICU data of the runtime, found once: daily probes, then
 * bisection. Throws QRN-VALUE-003 for a name that is not known.
 */
export function createZone(name: string): Zone {
  if (UTC_NAMES.has(name)) return fixedZone(name)
  return zoneOfTable(name, createTable(offsetProbe(name)))
}

function fixedZone(name: string): Zone {
  return Object.freeze({
    name,
    offsetAt: () => 0,
    toEpochSeconds: (localSeconds: number) => localSeconds,
    transitions: (fromSeconds: number) => [{ epochSeconds: fromSeconds, offsetSeconds: 0 }],
  })
}

type OffsetProbe = (epochSeconds: number) => number

function offsetProbe(name: string): OffsetProbe {
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
  } catch (cause) {
    throw unknownZone(name, cause)
  }
  const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
  const clock = /(\d\d):(\d\d):(\d\d)/
  return (epochSeconds) => {
    const text = format.format(epochSeconds * 1000)
    const match = clock.exec(text) as RegExpExecArray
    const weekday = days.indexOf(text.slice(0, 3))
    const local = Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3])
    const utcDay = Math.floor(epochSeconds / SECONDS_PER_DAY)
    // The weekday says whether local time is on the day before or after.
    const dayShift = ((((weekday - (utcDay + 4)) % 7) + 10) % 7) - 3
    return dayShift * SECONDS_PER_DAY + local - (epochSeconds - utcDay * SECONDS_PER_DAY)
  }
}

interface Table {
  readonly starts: number[]
  readonly offsets: number[]
  /** Index of the entry in force at an instant before 2500. */
  indexAt(epochSeconds: number): number
}

function createTable(offsetAt: OffsetProbe): Table {
  const starts = [YEAR_1 - REACH]
  const offsets = [offsetAt(YEAR_1800)]
  let scannedTo = YEAR_1800

  const scan = (until: number): void => {
    let before = offsetAt(scannedTo)
    while (scannedTo < until) {
      const next = scannedTo + SECONDS_PER_DAY
      const after = offsetAt(next)
      if (after !== before) {
        let low = scannedTo
        let high = next
        while (high - low > 1) {
          const middle = Math.floor((low + high) / 2)
          if (offsetAt(middle) === before) low = middle
          else high = middle
        }
        starts.push(high)
        offsets.push(offsetAt(high))
        // Another change on the same day is found from here on.
        before = offsetAt(high)
        scannedTo = high
        continue
      }
      scannedTo = next
    }
  }

  return {
    starts,
    offsets,
    indexAt: (epochSeconds) => {
      if (epochSeconds >= YEAR_1800 && scannedTo <= YEAR_1800) scan(YEAR_2100 + REACH)
      if (epochSeconds >= YEAR_2100 && scannedTo < YEAR_2500) scan(YEAR_2500 + REACH)
      let low = 0
      let high = starts.length - 1
      while (low < high) {
        const middle = (low + high + 1) >> 1
        if ((starts[middle] as number) <= epochSeconds) low = middle
        else high = middle - 1
      }
      return low
    },
  }
}

/** Whole cycles to take off so that an instant falls where the table reaches. */
function cyclesAfter(seconds: number): number {
  const reach = YEAR_2500 - REACH
  return seconds < reach ? 0 : Math.ceil((seconds - reach + 1) / CYCLE)
}

function zoneOfTable(name: string, table: Table): Zone {
  const { starts, offsets } = table
  // The span of local times around the last answer in which one offset is the only one: most rows of a file hit it.
  let sureFrom = 0
  let sureTo = 0
  let sureOffset = 0

  const toEpochSeconds = (
    localSeconds: number,
    ambiguousTime: AmbiguousTime,
  ): number | 'gap' | 'overlap' => {
    if (localSeconds >= sureFrom && localSeconds < sureTo) return localSeconds - sureOffset
    const shift = cyclesAfter(localSeconds) * CYCLE
    const local = localSeconds - shift
    const last = table.indexAt(local + REACH)
    let earlier: number | undefined
    let later: number | undefined
    for (let index = table.indexAt(local - REACH); index <= last; index += 1) {
      const offset = offsets[index] as number
      const start = starts[index] as number
      const end = starts[index + 1] ?? Infinity
      const instant = local - offset
      if (instant < start || instant >= end) continue
      if (earlier === undefined) earlier = instant
      else later = instant
      if (shift === 0 && end !== Infinity && instant - start > REACH && end - instant > REACH) {
        sureFrom = start + offset + REACH
        sureTo = end + offset - REACH
        sureOffset = offset
      }
    }
    if (earlier === undefined) return 'gap'
    if (later === undefined || ambiguousTime === 'earlier') return earlier + shift
    return ambiguousTime === 'later' ? later + shift : 'overlap'
  }

  const offsetAt = (epochSeconds: number): number =>
    offsets[table.indexAt(epochSeconds - cyclesAfter(epochSeconds) * CYCLE)] as number

  const transitions = (fromSeconds: number, toSeconds: number): readonly ZoneTransition[] => {
    const found: ZoneTransition[] = [
      { epochSeconds: fromSeconds, offsetSeconds: offsetAt(fromSeconds) },
    ]
    table.indexAt(Math.min(toSeconds, YEAR_2500))
    for (let cycle = 0; ; cycle += 1) {
      const shift = cycle * CYCLE
      if (cycle > 0 && YEAR_2100 + shift >= toSeconds) return found
      for (const [index, start] of starts.entries()) {
        const at = start + shift
        if (start >= YEAR_2500 || (cycle > 0 && start < YEAR_2100)) continue
        if (at > fromSeconds && at < toSeconds)
          found.push({ epochSeconds: at, offsetSeconds: offsets[index] as number })
      }
    }
  }

  return Object.freeze({ name, offsetAt, toEpochSeconds, transitions })
}
