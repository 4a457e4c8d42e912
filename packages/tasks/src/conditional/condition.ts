import { compareCanonicalNumbers } from './numbers.ts'

/** What a branch asks of the value. */
export type Test = Readonly<Record<string, unknown>>

type Check = (value: unknown, wanted: unknown) => boolean

const numeric =
  (holds: (order: number) => boolean): Check =>
  (value, wanted) => {
    const order = compareCanonicalNumbers(value, wanted)
    return order !== undefined && holds(order)
  }

/** The words that tests are made of; all words of a test must hold. */
export const TESTS: Readonly<Record<string, Check>> = Object.freeze({
  equals: isSame,
  not_equals: (value, wanted) => !isSame(value, wanted),
  in: (value, wanted) => Array.isArray(wanted) && wanted.some((item) => isSame(value, item)),
  at_least: numeric((order) => order >= 0),
  at_most: numeric((order) => order <= 0),
  more_than: numeric((order) => order > 0),
  less_than: numeric((order) => order < 0),
})

/** Whether a value passes a test. */
export function passes(value: unknown, test: Test): boolean {
  return Object.entries(test).every(([word, wanted]) => TESTS[word]?.(value, wanted) === true)
}

/** JSON values are the same whatever the order of keys. */
function isSame(left: unknown, right: unknown): boolean {
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, index) => isSame(item, right[index]))
  if (isObject(left) && isObject(right)) {
    const keys = Object.keys(left)
    return (
      keys.length === Object.keys(right).length &&
      keys.every((key) => Object.hasOwn(right, key) && isSame(left[key], right[key]))
    )
  }
  if (typeof left === 'bigint' || typeof right === 'bigint')
    return compareCanonicalNumbers(left, right) === 0
  return left === right
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
