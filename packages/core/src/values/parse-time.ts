import { daysFromDate, MAX_DATE, MIN_DATE, SECONDS_PER_DAY } from './calendar.ts'
import { compileDateTimeFormat, emptyFields } from './date-time-format.ts'
import { valueProblem, type ValueProblem } from './problem.ts'
import { badFormat } from './value-errors.ts'
import type { AmbiguousTime, Zone } from './zone.ts'

export interface TimeOptions {
  /** See `DateTimeFormat`; ISO 8601 if absent. */
  readonly format?: string
  /** Where timestamps without an offset are local; UTC if absent. */
  readonly zone?: Zone
  /** `earlier` if absent. */
  readonly ambiguousTime?: AmbiguousTime
}

const NOT_DATE = valueProblem('not a date of the form YYYY-MM-DD')
const NO_DAY = valueProblem('no such day in the years 1 to 9999')
const NOT_TIME = valueProblem('not a time of the form HH:MM[:SS[.ffffff]]')
const NO_TIME = valueProblem('no such time of day')
const NOT_TIMESTAMP = valueProblem(
  'not a timestamp of the form YYYY-MM-DDTHH:MM[:SS[.ffffff]][offset]',
)
const TOO_FINE = valueProblem('finer than a microsecond')
const OUT_OF_RANGE = valueProblem('outside the years 1 to 9999 in UTC')

const MIN_SECONDS = MIN_DATE * SECONDS_PER_DAY
const MAX_SECONDS = (MAX_DATE + 1) * SECONDS_PER_DAY - 1

export function createDateParser(options: TimeOptions): (text: string) => number | ValueProblem {
  if (options.format === undefined) return parseIsoDate
  const format = compileDateTimeFormat(options.format)
  if (!format.hasDate || format.hasTime || format.hasOffset)
    throw badFormat(options.format, 'must name year, month and day, and nothing else, for a date')
  const noMatch = valueProblem(`not a date of the form ${options.format}`)
  const fields = emptyFields()
  return (text) => {
    if (!format.read(text, fields)) return noMatch
    return daysFromDate(fields.year, fields.month, fields.day) ?? NO_DAY
  }
}

function parseIsoDate(text: string): number | ValueProblem {
  return text.length === 10 ? readIsoDate(text, NOT_DATE) : NOT_DATE
}

function readIsoDate(text: string, notThis: ValueProblem): number | ValueProblem {
  const century = twoDigits(text, 0)
  const year = twoDigits(text, 2)
  const month = twoDigits(text, 5)
  const day = twoDigits(text, 8)
  const dashes = text.charCodeAt(4) === 45 && text.charCodeAt(7) === 45
  if (!dashes || century < 0 || year < 0 || month < 0 || day < 0) return notThis
  return daysFromDate(century * 100 + year, month, day) ?? NO_DAY
}

/** The number that two digits make, or -1. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1
}

interface Clock {
  /** Seconds since midnight. */
  seconds: number
  micros: number
  /** Where reading stopped. */
  end: number
}

/** Reads `HH:MM[:SS[.f]]` from `at`; what follows is the caller's. */
function readClock(
  text: string,
  at: number,
  clock: Clock,
  notThis: ValueProblem,
): ValueProblem | undefined {
  const hour = twoDigits(text, at)
  const minute = twoDigits(text, at + 3)
  if (hour < 0 || minute < 0 || text.charCodeAt(at + 2) !== 58) return notThis
  let second = 0
  let end = at + 5
  clock.micros = 0
  let isTooFine = false
  if (text.charCodeAt(end) === 58) {
    second = twoDigits(text, end + 1)
    if (second < 0) return notThis
    end += 3
    if (text.charCodeAt(end) === 46) {
      const start = end + 1
      end = start
      let weight = 100_000
      for (;;) {
        const digit = text.charCodeAt(end) - 48
        if (!(digit >= 0 && digit <= 9)) break
        if (weight >= 1) clock.micros += digit * weight
        else if (digit !== 0) isTooFine = true
        weight = weight > 1 ? weight / 10 : 0
        end += 1
      }
      if (end === start) return notThis
    }
  }
  if (hour > 23 || minute > 59 || second > 59) return NO_TIME
  if (isTooFine) return TOO_FINE
  clock.seconds = hour * 3600 + minute * 60 + second
  clock.end = end
  return undefined
}

export function createTimeParser(options: TimeOptions): (text: string) => bigint | ValueProblem {
  if (options.format === undefined) {
    const clock: Clock = { seconds: 0, micros: 0, end: 0 }
    return (text) => {
      const problem = readClock(text, 0, clock, NOT_TIME)
      if (problem !== undefined) return problem
      return clock.end === text.length ? BigInt(clock.seconds * 1e6 + clock.micros) : NOT_TIME
    }
  }
  const format = compileDateTimeFormat(options.format)
  if (!format.hasTime || format.hasDatePart || format.hasOffset)
    throw badFormat(
      options.format,
      'must name the hour and parts of it, and nothing else, for a time',
    )
  const noMatch = valueProblem(`not a time of the form ${options.format}`)
  const fields = emptyFields()
  return (text) => {
    if (!format.read(text, fields)) return noMatch
    if (fields.hour > 23 || fields.minute > 59 || fields.second > 59) return NO_TIME
    return BigInt((fields.hour * 3600 + fields.minute * 60 + fields.second) * 1e6 + fields.micros)
  }
}

export function createTimestampParser(
  options: TimeOptions,
): (text: string) => bigint | ValueProblem {
  const toInstant = createLocalReader(options)
  return options.format === undefined
    ? createIsoTimestampParser(toInstant)
    : createFormatTimestampParser(options.format, toInstant)
}

/** Local seconds to epoch seconds, through the zone where the text has no offset. */
type LocalReader = (localSeconds: number, offsetSeconds: number) => number | ValueProblem

function createLocalReader({ zone, ambiguousTime = 'earlier' }: TimeOptions): LocalReader {
  const gap = valueProblem(`a local time that ${zone?.name ?? 'UTC'} skips`)
  const overlap = valueProblem(`a local time that occurs twice in ${zone?.name ?? 'UTC'}`)
  return (localSeconds, offsetSeconds) => {
    let instant: number | 'gap' | 'overlap'
    if (!Number.isNaN(offsetSeconds)) instant = localSeconds - offsetSeconds
    else if (zone === undefined) instant = localSeconds
    else instant = zone.toEpochSeconds(localSeconds, ambiguousTime)
    if (instant === 'gap') return gap
    if (instant === 'overlap') return overlap
    return instant < MIN_SECONDS || instant > MAX_SECONDS ? OUT_OF_RANGE : instant
  }
}

function toMicros(epochSeconds: number, micros: number): bigint {
  const value = epochSeconds * 1e6 + micros
  return Number.isSafeInteger(value)
    ? BigInt(value)
    : BigInt(epochSeconds) * 1_000_000n + BigInt(micros)
}

function createIsoTimestampParser(toInstant: LocalReader): (text: string) => bigint | ValueProblem {
  const clock: Clock = { seconds: 0, micros: 0, end: 0 }
  return (text) => {
    const separator = text.charCodeAt(10)
    if (separator !== 84 && separator !== 32) return NOT_TIMESTAMP
    const days = readIsoDate(text, NOT_TIMESTAMP)
    if (typeof days !== 'number') return days
    const problem = readClock(text, 11, clock, NOT_TIMESTAMP)
    if (problem !== undefined) return problem
    const offset = readOffset(text, clock.end)
    if (offset === undefined) return NOT_TIMESTAMP
    const instant = toInstant(days * SECONDS_PER_DAY + clock.seconds, offset)
    return typeof instant === 'number' ? toMicros(instant, clock.micros) : instant
  }
}

/** Seconds of `Z`, `+HH`, `+HHMM` or `+HH:MM` at the end of the text; NaN if nothing is there, `undefined` if another thing. */
function readOffset(text: string, at: number): number | undefined {
  const left = text.length - at
  if (left === 0) return NaN
  const sign = text.charCodeAt(at)
  if (left === 1) return sign === 90 ? 0 : undefined
  if (sign !== 43 && sign !== 45) return undefined
  const hours = twoDigits(text, at + 1)
  let minutes = 0
  if (left === 5) minutes = twoDigits(text, at + 3)
  else if (left === 6 && text.charCodeAt(at + 3) === 58) minutes = twoDigits(text, at + 4)
  else if (left !== 3) return undefined
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return undefined
  const seconds = hours * 3600 + minutes * 60
  return sign === 45 ? -seconds : seconds
}

function createFormatTimestampParser(
  pattern: string,
  toInstant: LocalReader,
): (text: string) => bigint | ValueProblem {
  const format = compileDateTimeFormat(pattern)
  if (!format.hasDate) throw badFormat(pattern, 'must name year, month and day for a timestamp')
  const noMatch = valueProblem(`not a timestamp of the form ${pattern}`)
  const fields = emptyFields()
  return (text) => {
    if (!format.read(text, fields)) return noMatch
    const days = daysFromDate(fields.year, fields.month, fields.day)
    if (days === undefined) return NO_DAY
    if (fields.hour > 23 || fields.minute > 59 || fields.second > 59) return NO_TIME
    const seconds = fields.hour * 3600 + fields.minute * 60 + fields.second
    const instant = toInstant(days * SECONDS_PER_DAY + seconds, fields.offsetSeconds)
    return typeof instant === 'number' ? toMicros(instant, fields.micros) : instant
  }
}
