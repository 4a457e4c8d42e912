import { isAscii } from 'node:buffer'

import { countCodePoints } from '@qarion/kit-files'

/** Where something stands in a file; lines and columns from 1, columns in code points. */
export interface FilePlace {
  readonly line: number
  readonly column: number
  /** From 0. */
  readonly byteOffset: number
}

/** Counts the lines of a file that is looked at through a window that moves on. Positions asked for must not go back. */
export interface LineTracker {
  /** Line of a position in the window, whose bytes `view` ends with. */
  lineAt(view: Buffer, position: number): number
  placeAt(view: Buffer, position: number): FilePlace
  /** The first `count` bytes of the window are about to leave it. */
  drop(view: Buffer, count: number): void
}

/** `start`: where the first line starts, which is after a byte order mark. */
export function createLineTracker(start: number): LineTracker {
  let line = 1
  /** Where the line starts; 0 where it started before the window. */
  let lineStart = start
  /** Code points of the line before the window. */
  let columnsBefore = 0
  let dropped = 0
  /** The next line feed, as far as it has been looked for: nothing before `searched` ends the line. */
  let searched = start

  const advance = (view: Buffer, position: number): void => {
    while (searched < position) {
      const feed = view.indexOf(10, searched)
      if (feed < 0 || feed >= position) {
        // Found beyond: the same answer serves until a position passes it.
        searched = feed < 0 ? view.length : feed
        return
      }
      line += 1
      searched = feed + 1
      lineStart = searched
      columnsBefore = 0
    }
  }

  const columnsUpTo = (view: Buffer, position: number): number => {
    const before = view.subarray(lineStart, position)
    return columnsBefore + (isAscii(before) ? before.length : countCodePoints(before.toString()))
  }

  return {
    lineAt: (view, position) => {
      advance(view, position)
      return line
    },
    placeAt: (view, position) => {
      advance(view, position)
      return {
        line,
        column: columnsUpTo(view, position) + 1,
        byteOffset: dropped + position,
      }
    },
    drop: (view, count) => {
      advance(view, count)
      columnsBefore = columnsUpTo(view, count)
      lineStart = 0
      searched = Math.max(0, searched - count)
      dropped += count
    },
  }
}
