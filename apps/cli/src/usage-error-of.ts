import { QarionError } from '@qarion/core'
import { closest, distance } from 'fastest-levenshtein'

import type { UsageProblem } from './command-line/command-spec.ts'
import { COMMAND_HABITS } from './command-line/habits.ts'

/** The problems of a command line as one error, with the nearest right name where a word is misspelt. */
export function usageErrorOf(problems: readonly UsageProblem[]): QarionError {
  const errors = problems.map(toError)
  const [first, ...others] = errors
  if (first === undefined) throw new Error('a command line without problems is not wrong')
  if (others.length === 0) return first
  return new QarionError(first.code, 'usage', `The command line has ${errors.length} problems.`, {
    problems: errors,
  })
}

function toError({ code, message, hint, misspelt }: UsageProblem): QarionError {
  const nearest = misspelt === undefined ? undefined : nearestName(misspelt.word, misspelt.names)
  const advice = nearest === undefined ? hint : adviceFor(nearest)
  return new QarionError(code, 'usage', message, advice === undefined ? {} : { hint: advice })
}

function adviceFor(name: string): string {
  const habit = Object.hasOwn(COMMAND_HABITS, name) ? COMMAND_HABITS[name] : undefined
  return habit === undefined
    ? `Did you mean \`${name}\`?`
    : `Type \`qarion ${habit.use}\`: ${habit.why}.`
}

const MOST_TYPOS = 2

/** The one name that begins like the word, or the nearest that is a slip or two away. */
export function nearestName(word: string, names: readonly string[]): string | undefined {
  const begun = names.filter((name) => name.startsWith(word))
  if (begun.length === 1) return begun[0]
  if (names.length === 0) return undefined
  const nearest = closest(word, [...names])
  const slips = distance(word, nearest)
  // Of a short word two letters are most of it, unless they changed places.
  const isFar =
    slips > MOST_TYPOS ||
    (slips === MOST_TYPOS && !hasSameLetters(word, nearest) && nearest.length < 6)
  return isFar ? undefined : nearest
}

function hasSameLetters(left: string, right: string): boolean {
  return Array.from(left).toSorted().join('') === Array.from(right).toSorted().join('')
}
