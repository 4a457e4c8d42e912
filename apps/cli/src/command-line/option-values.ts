import type { BatchRange, OptionSpec } from './command-spec.ts'

/** The value of an option, or what should have been typed. */
export type OptionValue =
  | { readonly isValid: true; readonly value: unknown }
  | { readonly isValid: false; readonly expected: string }

const valid = (value: unknown): OptionValue => ({ isValid: true, value })
const invalid = (expected: string): OptionValue => ({ isValid: false, expected })

/** Reads the text of an option as its type says. */
export function readOptionValue(option: OptionSpec, text: string): OptionValue {
  switch (option.type) {
    case 'flag':
      return invalid('no value')
    case 'text':
    case 'texts':
      return text === '' ? invalid('a text that is not empty') : valid(text)
    case 'assignments': {
      const [, name, value] = /^([^=\s]+)=(.*)$/s.exec(text) ?? []
      return name === undefined
        ? invalid('name=value, for instance region=EU')
        : valid({ name, value })
    }
    case 'words': {
      const words = text.split(/\s+/).filter((word) => word !== '')
      return words.length === 0 ? invalid('a text that is not empty') : valid(words)
    }
    case 'names': {
      const names = text.split(',').map((name) => name.trim())
      return names.includes('') ? invalid('names with commas between them') : valid(names)
    }
    case 'count': {
      const minimum = option.minimum ?? 0
      const count = readCount(text)
      return count === undefined || count < minimum
        ? invalid(`a whole number from ${minimum}`)
        : valid(count)
    }
    case 'batch': {
      const batch = readCount(text)
      return batch === undefined || batch < 1
        ? invalid('the number of one batch, from 1')
        : valid({ from: batch, to: batch } satisfies BatchRange)
    }
    case 'batches': {
      const batches = readBatches(text)
      return batches === undefined
        ? invalid('a batch such as 3, or batches such as 2..5')
        : valid(batches)
    }
    case 'duration': {
      const milliseconds = readDuration(text)
      return milliseconds === undefined
        ? invalid('a duration such as 30s, 10m or 1h30m')
        : valid(milliseconds)
    }
    case 'time':
      return isTime(text)
        ? valid(text)
        : invalid('a time such as 2024-05-31 or 2024-05-31T06:00:00Z')
    case 'choice':
      return (option.choices ?? []).includes(text)
        ? valid(text)
        : invalid(`one of ${(option.choices ?? []).join(', ')}`)
  }
}

function readCount(text: string): number | undefined {
  if (!/^\d+$/.test(text)) return undefined
  const count = Number(text)
  return Number.isSafeInteger(count) ? count : undefined
}

function readBatches(text: string): BatchRange | undefined {
  const ends = text.split('..')
  const from = readCount(ends[0] ?? '')
  const to = ends.length === 1 ? from : readCount(ends[1] ?? '')
  if (ends.length > 2 || from === undefined || to === undefined) return undefined
  return from >= 1 && from <= to ? { from, to } : undefined
}

const MILLISECONDS_OF: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
}

function readDuration(text: string): number | undefined {
  if (!/^(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?$/.test(text) || text === '') {
    return undefined
  }
  let milliseconds = 0
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|[dhms])/g)) {
    milliseconds += Number(count) * (MILLISECONDS_OF[unit as string] as number)
  }
  return Number.isSafeInteger(milliseconds) ? milliseconds : undefined
}

const TIME =
  /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/

function isTime(text: string): boolean {
  if (!TIME.test(text)) return false
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text.slice(0, 10))
}
