import { compareText } from '@qarion/core'

const PARTS = /\d+|\D+/g
const STARTS_WITH_DIGIT = /^\d/

/**
 * Natural order: runs of digits compare as numbers (2 before 10), all else by code point. Total: names that differ
 * only in leading zeros are told apart by code point.
 */
export function compareNatural(left: string, right: string): number {
  const leftParts = left.match(PARTS) ?? []
  const rightParts = right.match(PARTS) ?? []
  for (let index = 0; index < Math.min(leftParts.length, rightParts.length); index += 1) {
    const difference = comparePart(leftParts[index] as string, rightParts[index] as string)
    if (difference !== 0) return difference
  }
  return leftParts.length - rightParts.length || compareText(left, right)
}

function comparePart(left: string, right: string): number {
  if (!STARTS_WITH_DIGIT.test(left) || !STARTS_WITH_DIGIT.test(right)) return compareText(left, right)
  const leftDigits = left.replace(/^0+/, '')
  const rightDigits = right.replace(/^0+/, '')
  return leftDigits.length - rightDigits.length || compareText(leftDigits, rightDigits)
}
