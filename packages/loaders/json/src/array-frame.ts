import { textOfKey } from './key-table.ts'
import { skipBlanks } from './record-scanner.ts'
import { INCOMPLETE, WRONG, type ValueScanner } from './value-scanner.ts'

/** What surrounds the records of an array: the brackets, commas and, with a path, the objects around them. */
export interface ArrayFrame {
  /** Whether the next thing is a record; else `step` is to be called. */
  readonly isAtRecord: boolean
  /** Whether all brackets are closed. */
  readonly isClosed: boolean
  /** Moves past a bracket, a comma or a member beside the records; the new place, or `INCOMPLETE` or `WRONG`. */
  step(bytes: Buffer, at: number, end: number): number
  /** A record has been read. */
  recordEnded(): void
  /** Whether the last `WRONG` is about the path rather than the form of the file. */
  readonly isPathWrong: boolean
}

type State = 'open' | 'members' | 'first' | 'record' | 'after_record' | 'after_member' | 'closed'

/** A frame whose array stands where `path` leads to; the file is the array where it is empty. */
export function createArrayFrame(path: readonly string[], values: ValueScanner): ArrayFrame {
  let state: State = 'open'
  /** How many objects are open. */
  let depth = 0
  /** Whether the key of the path has been seen in the innermost open object. */
  let isLeaving = false
  let isPathWrong = false

  const wrong = (at: number, end: number, what: string, isAboutPath = false): number => {
    if (at >= end) return INCOMPLETE
    values.wrongAt = at
    values.wrong = what
    isPathWrong = isAboutPath
    return WRONG
  }
  const pathUpTo = (count: number): string => path.slice(0, count).join('.')

  const open = (bytes: Buffer, at: number, end: number): number => {
    const isArray = depth === path.length
    if (bytes[at] !== (isArray ? 91 : 123)) {
      const where = depth === 0 ? '' : ` at ${pathUpTo(depth)}`
      return wrong(at, end, `expected ${isArray ? '[' : '{'}${where}`, path.length > 0)
    }
    if (!isArray) depth += 1
    state = isArray ? 'first' : 'members'
    return at + 1
  }

  /** A member of an object on the path, or its end. */
  const member = (bytes: Buffer, from: number, end: number): number => {
    let at = from
    if (bytes[at] === 125) {
      if (!isLeaving) return wrong(at, end, `no key ${pathUpTo(depth)}`, true)
      depth -= 1
      state = depth === 0 ? 'closed' : 'after_member'
      return at + 1
    }
    if (state === 'after_member') {
      if (bytes[at] !== 44) return wrong(at, end, 'expected , or }')
      at = skipBlanks(bytes, at + 1)
    }
    const keyAt = at
    if (bytes[at] !== 34) return wrong(at, end, 'expected a key in double quotes')
    at = values.scanText(bytes, at, end)
    if (at < 0) return at
    const isOnPath = textOfKey(bytes, values) === path[depth - 1]
    at = skipBlanks(bytes, at)
    if (bytes[at] !== 58) return wrong(at, end, 'expected :')
    at = skipBlanks(bytes, at + 1)
    if (isOnPath) {
      if (isLeaving) return wrong(keyAt, end, `the key ${pathUpTo(depth)} twice`, true)
      state = 'open'
      return at
    }
    at = values.scan(bytes, at, end)
    if (at >= 0) state = 'after_member'
    return at
  }

  const step = (bytes: Buffer, at: number, end: number): number => {
    switch (state) {
      case 'open':
        return open(bytes, at, end)
      case 'members':
      case 'after_member':
        return member(bytes, at, end)
      case 'first':
      case 'after_record': {
        const byte = bytes[at]
        if (byte === 93) {
          isLeaving = true
          state = depth === 0 ? 'closed' : 'after_member'
          return at + 1
        }
        if (state === 'first') {
          if (at >= end) return INCOMPLETE
          state = 'record'
          return at
        }
        if (byte !== 44) return wrong(at, end, 'expected , or ]')
        state = 'record'
        return at + 1
      }
      case 'record':
        return at
      case 'closed':
        return wrong(at, end, 'more text after the end')
    }
  }

  return {
    get isAtRecord() {
      return state === 'record'
    },
    get isClosed() {
      return state === 'closed'
    },
    get isPathWrong() {
      return isPathWrong
    },
    step,
    recordEnded: () => {
      state = 'after_record'
    },
  }
}
