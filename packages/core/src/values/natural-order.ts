import { compareText } from './compare.ts'

const NUMBER = /[0-9]+/y

/**
 * Orders names as people do: runs of digits by their number, so that 2 comes before 10, everything else by code point.
 * A total order: names that differ only in leading zeros come by code point.
 */
export function compareNatural(left: string, right: string): number {
  let a = 0
  let b = 0
  while (a < left.length && b < right.length) {
    NUMBER.lastIndex = a
    const first = NUMBER.exec(left)?.[0]
    NUMBER.lastIndex = b
    const second = NUMBER.exec(right)?.[0]
    if (first !== undefined && second !== undefined) {
      const order = compareDigits(first, second)
      if (order !== 0) return order
      a += first.length
      b += second.length
      continue
    }
    if (left[a] !== right[b]) return compareText(left.slice(a, a + 2), right.slice(b, b + 2))
    a += 1
    b += 1
  }
  return left.length - a - (right.length - b) || compareText(left, right)
}

function compareDigits(left: string, right: string): number {
  const a = left.replace(/^0+/, '')
  const b = right.replace(/^0+/, '')
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
}
