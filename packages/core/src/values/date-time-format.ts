import { badFormat } from './value-errors.ts'

/**
 * What a `format` reads. Tokens: `yyyy` year, `MM` month, `M` month of one or two digits, `MMM` English short name in
 * any case, `dd` and `d` day, `HH` and `H` hour, `mm` minute, `ss` second, `SSS` milliseconds, `SSSSSS` microseconds,
 * `XXX` offset as `Z` or `+02:00`, `XX` as `Z` or `+0200`. Text in single quotes and whatever is no letter stands for
 * itself; `''` is a quote.
 */
export interface DateTimeFormat {
  /** Year, month and day. */
  readonly hasDate: boolean
  /** Any of year, month and day. */
  readonly hasDatePart: boolean
  readonly hasTime: boolean
  readonly hasOffset: boolean
  /** Fills the fields that the format names; false where the text does not have the form. */
  read(text: string, fields: DateTimeFields): boolean
}

export interface DateTimeFields {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  micros: number
  /** NaN without an offset. */
  offsetSeconds: number
}

export function emptyFields(): DateTimeFields {
  return {
    year: 1970,
    month: 1,
    day: 1,
    hour: 0,
    minute: 0,
    second: 0,
    micros: 0,
    offsetSeconds: NaN,
  }
}

/** Reads from `at`, gives the place after it, or -1. */
type Step = (text: string, at: number, fields: DateTimeFields) => number

type NumberField = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'micros'

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

const TOKENS: Readonly<Record<string, { readonly sets: string; readonly step: Step }>> = {
  yyyy: { sets: 'year', step: digits('year', 4, 4) },
  MMM: { sets: 'month', step: readMonthName },
  MM: { sets: 'month', step: digits('month', 2, 2) },
  M: { sets: 'month', step: digits('month', 1, 2) },
  dd: { sets: 'day', step: digits('day', 2, 2) },
  d: { sets: 'day', step: digits('day', 1, 2) },
  HH: { sets: 'hour', step: digits('hour', 2, 2) },
  H: { sets: 'hour', step: digits('hour', 1, 2) },
  mm: { sets: 'minute', step: digits('minute', 2, 2) },
  ss: { sets: 'second', step: digits('second', 2, 2) },
  SSS: { sets: 'micros', step: digits('micros', 3, 3, 1000) },
  SSSSSS: { sets: 'micros', step: digits('micros', 6, 6) },
  XXX: { sets: 'offset', step: offset(':') },
  XX: { sets: 'offset', step: offset('') },
}

/** Compiles a format once. Throws QRN-VALUE-001 for an unknown token, a part named twice, or a part that is missing. */
export function compileDateTimeFormat(format: string): DateTimeFormat {
  const steps: Step[] = []
  const sets = new Set<string>()
  // A run of one letter, a quoted text, or a run of anything else.
  for (const [part] of format.matchAll(/([A-Za-z])\1*|'[^']*'|[^A-Za-z']+|'/g)) {
    if (!/^[A-Za-z]/.test(part)) {
      if (part === "'") throw badFormat(format, 'has a quote that is not closed')
      steps.push(literal(part === "''" ? "'" : part.startsWith("'") ? part.slice(1, -1) : part))
      continue
    }
    const token = TOKENS[part]
    if (token === undefined) throw badFormat(format, `holds "${part}", which is no token`)
    if (sets.has(token.sets)) throw badFormat(format, `names the ${token.sets} twice`)
    sets.add(token.sets)
    steps.push(token.step)
  }
  const needs = (part: string, needed: string): void => {
    if (sets.has(part) && !sets.has(needed))
      throw badFormat(format, `names the ${part} without the ${needed}`)
  }
  needs('minute', 'hour')
  needs('second', 'minute')
  needs('micros', 'second')
  return {
    hasDate: sets.has('year') && sets.has('month') && sets.has('day'),
    hasDatePart: sets.has('year') || sets.has('month') || sets.has('day'),
    hasTime: sets.has('hour'),
    hasOffset: sets.has('offset'),
    read: (text, fields) => {
      let at = 0
      for (const step of steps) {
        at = step(text, at, fields)
        if (at < 0) return false
      }
      return at === text.length
    },
  }
}

function literal(expected: string): Step {
  return (text, at) => (text.startsWith(expected, at) ? at + expected.length : -1)
}

function digits(field: NumberField, least: number, most: number, factor = 1): Step {
  return (text, at, fields) => {
    let value = 0
    let end = at
    while (end - at < most) {
      const digit = text.charCodeAt(end) - 48
      // The negation also catches NaN, the code past the end.
      if (!(digit >= 0 && digit <= 9)) break
      value = value * 10 + digit
      end += 1
    }
    if (end - at < least) return -1
    fields[field] = value * factor
    return end
  }
}

function readMonthName(text: string, at: number, fields: DateTimeFields): number {
  fields.month = MONTHS.indexOf(text.slice(at, at + 3).toLowerCase()) + 1
  return fields.month === 0 ? -1 : at + 3
}

function offset(separator: string): Step {
  const form =
    separator === ':' ? /([+-])([01]\d|2[0-3]):([0-5]\d)/y : /([+-])([01]\d|2[0-3])([0-5]\d)/y
  return (text, at, fields) => {
    if (text[at] === 'Z') {
      fields.offsetSeconds = 0
      return at + 1
    }
    form.lastIndex = at
    const match = form.exec(text)
    if (match === null) return -1
    const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60
    fields.offsetSeconds = match[1] === '-' ? -seconds : seconds
    return form.lastIndex
  }
}
