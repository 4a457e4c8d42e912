/** The proleptic Gregorian calendar in plain integers, years 1 to 9999. */

export const SECONDS_PER_DAY = 86_400

/** 0001-01-01 and 9999-12-31 as days since 1970-01-01. */
export const MIN_DATE = -719_162
export const MAX_DATE = 2_932_896

/** The first and the last instant of these days in UTC, as microseconds since 1970-01-01. */
export const MIN_TIMESTAMP = -62_135_596_800_000_000n
export const MAX_TIMESTAMP = 253_402_300_799_999_999n

export interface CalendarDate {
  readonly year: number
  readonly month: number
  readonly day: number
}

const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
const DAYS_IN_MONTH = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

/** Days since 1970-01-01, or `undefined` where there is no such day in the years 1 to 9999. */
export function daysFromDate(year: number, month: number, day: number): number | undefined {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return undefined
  const isLeap = isLeapYear(year)
  const length = month === 2 && isLeap ? 29 : (DAYS_IN_MONTH[month] as number)
  if (day > length) return undefined
  const past = year - 1
  const leapDays = ((past / 4) | 0) - ((past / 100) | 0) + ((past / 400) | 0)
  const inYear = (DAYS_BEFORE_MONTH[month - 1] as number) + (isLeap && month > 2 ? 1 : 0) + day
  return past * 365 + leapDays + inYear - 1 + MIN_DATE
}

/** The date that is `days` after 1970-01-01. */
export function dateFromDays(days: number): CalendarDate {
  // Counted from 0000-03-01, so that the leap day ends its year.
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.trunc(
    (dayOfEra -
      Math.trunc(dayOfEra / 1460) +
      Math.trunc(dayOfEra / 36_524) -
      Math.trunc(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.trunc(yearOfEra / 4) - Math.trunc(yearOfEra / 100))
  const marchMonth = Math.trunc((5 * dayOfYear + 2) / 153)
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.trunc((153 * marchMonth + 2) / 5) + 1,
  }
}
