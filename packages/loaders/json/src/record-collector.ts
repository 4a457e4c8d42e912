import { isUtf8 } from 'node:buffer'

import type { Cells } from './record-scanner.ts'
import { BAD_VALUE, BROKEN, NON_ASCII, type Records } from './records.ts'

/** Gathers the records of one window. */
export interface RecordCollector extends Cells {
  readonly count: number
  readonly isFull: boolean
  /** The record from `start` to `end` is whole; `flags` are those of `Records`. */
  add(start: number, end: number, line: number, flags: number): void
  /** What stands there is no record, for `reason`. */
  addBroken(start: number, end: number, line: number, reason: string): void
  /** What was gathered, if anything; the collector starts anew. */
  take(bytes: Buffer): Records | undefined
}

export function createRecordCollector(width: number, maxRecords: number): RecordCollector {
  const kinds = new Uint8Array(maxRecords * width)
  const valueStarts = new Int32Array(maxRecords * width)
  const valueEnds = new Int32Array(maxRecords * width)
  const starts = new Int32Array(maxRecords)
  const ends = new Int32Array(maxRecords)
  const lines = new Float64Array(maxRecords)
  const flagsOf = new Uint8Array(maxRecords)
  let broken = new Map<number, string>()
  let allFlags = 0
  let count = 0

  const add = (start: number, end: number, line: number, flags: number): void => {
    starts[count] = start
    ends[count] = end
    lines[count] = line
    flagsOf[count] = flags
    allFlags |= flags
    count += 1
  }

  return {
    kinds,
    valueStarts,
    valueEnds,
    get count() {
      return count
    },
    get isFull() {
      return count === maxRecords
    },
    add,
    addBroken: (start, end, line, reason) => {
      broken.set(count, reason)
      // What its bytes are is not known.
      add(start, end, line, BROKEN | NON_ASCII)
    },
    take: (bytes) => {
      if (count === 0) return undefined
      const [from, to] = [starts[0] as number, ends[count - 1] as number]
      const isAscii = (allFlags & NON_ASCII) === 0
      let text: string | undefined
      let isText: boolean | undefined
      const records: Records = {
        bytes,
        count,
        starts,
        ends,
        lines,
        flags: flagsOf,
        allFlags,
        width,
        kinds,
        valueStarts,
        valueEnds,
        broken,
        latin1: () => (text ??= bytes.toString('latin1', from, to)),
        isUtf8: () => (isText ??= isAscii || isUtf8(bytes.subarray(from, to))),
      }
      if (broken.size > 0) broken = new Map()
      allFlags = 0
      count = 0
      return records
    },
  }
}

/** The flags of a whole record. */
export function flagsOfRecord(isWide: boolean, hasBadValue: boolean): number {
  return (isWide ? NON_ASCII : 0) | (hasBadValue ? BAD_VALUE : 0)
}
