import { compareText, DataTypes, parseValue, type InputFile } from '@qarion/core'

import { fileError } from './files-errors.ts'

export type FileOrder = 'natural' | 'name' | 'batch_time'

const NUMBER = /[0-9]+/y

/**
 * Orders names as people do: runs of digits by their number, so that 2 comes before 10, everything else by code point.
 * A total order: names that differ only in leading zeros come by code point.
 */
export function naturalCompare(left: string, right: string): number {
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

/**
 * The order in which files are delivered. `batch_time` goes by the capture of that name, then by name.
 * The comparison throws QRN-FILE-012 for a file without that capture.
 */
export function compareByFileOrder(
  order: FileOrder,
): (left: InputFile, right: InputFile) => number {
  if (order === 'natural') return (left, right) => naturalCompare(left.name, right.name)
  if (order === 'name') return (left, right) => compareText(left.name, right.name)
  return (left, right) => {
    const a = batchTimeOf(left)
    const b = batchTimeOf(right)
    return a < b ? -1 : a > b ? 1 : naturalCompare(left.name, right.name)
  }
}

function batchTimeOf(file: InputFile): bigint {
  const text = file.captures['batch_time']
  const time = text === undefined ? undefined : parseValue(DataTypes.timestamp, text)
  if (typeof time === 'bigint') return time
  throw fileError('QRN-FILE-012', 'configuration', `The file ${file.name} has no batch time.`)
}
