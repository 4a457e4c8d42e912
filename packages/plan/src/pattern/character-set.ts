/** Code points from `first` to `last`, both within. Surrogates are in no set: no text holds them. */
export interface CharacterRange {
  readonly first: number
  readonly last: number
}

/** Sorted ranges that neither overlap nor touch. */
export type CharacterSet = readonly CharacterRange[]

const LAST_CODE_POINT = 0x10_ff_ff
const FIRST_SURROGATE = 0xd8_00
const LAST_SURROGATE = 0xdf_ff

export const NEW_LINE: CharacterSet = characterSet([{ first: 10, last: 10 }])

/** The ranges as a set. */
export function characterSet(ranges: readonly CharacterRange[]): CharacterSet {
  const merged: CharacterRange[] = []
  for (const range of ranges.flatMap(withoutSurrogates).toSorted((a, b) => a.first - b.first)) {
    const before = merged.at(-1)
    if (before === undefined || !isNext(before.last, range.first)) merged.push(range)
    else if (range.last > before.last) merged[merged.length - 1] = { ...before, last: range.last }
  }
  return merged
}

/** Every code point that is not in the set. */
export function complement(set: CharacterSet): CharacterSet {
  const ranges: CharacterRange[] = []
  let next = 0
  for (const { first, last } of set) {
    if (first > next) ranges.push({ first: next, last: first - 1 })
    next = last + 1
  }
  if (next <= LAST_CODE_POINT) ranges.push({ first: next, last: LAST_CODE_POINT })
  return characterSet(ranges)
}

/** Whether the set reaches to the last code point, as those do that are written by what they lack. */
export function isOpenEnded(set: CharacterSet): boolean {
  return set.at(-1)?.last === LAST_CODE_POINT
}

export function isSurrogate(codePoint: number): boolean {
  return codePoint >= FIRST_SURROGATE && codePoint <= LAST_SURROGATE
}

function withoutSurrogates({ first, last }: CharacterRange): CharacterRange[] {
  return [
    { first, last: Math.min(last, FIRST_SURROGATE - 1) },
    { first: Math.max(first, LAST_SURROGATE + 1), last },
  ].filter((range) => range.first <= range.last)
}

/** Whether `first` is within or right after a range that ends with `last`, over the surrogates too. */
function isNext(last: number, first: number): boolean {
  return first <= last + 1 || (last === FIRST_SURROGATE - 1 && first === LAST_SURROGATE + 1)
}
