import picocolors from 'picocolors'

import { hasColors, isTerminal } from './colors.ts'

export type Colors = ReturnType<typeof picocolors.createColors>

/** One of the two streams, with what is known of its reader. */
export interface Output {
  readonly isTerminal: boolean
  /** Cells in a line; undefined where nobody cuts lines. */
  readonly width: number | undefined
  readonly colors: Colors
  /** The reader has gone (`| head`): nothing more needs to be made. */
  readonly isClosed: boolean
  /** Why something could not be written, for instance a full disk. */
  readonly failure: Error | undefined
  /** Resolves once the reader can take more. */
  write(text: string): Promise<void>
}

export interface TerminalOptions {
  readonly isQuiet: boolean
  readonly isVerbose: boolean
  readonly isJson: boolean
}

/** Data goes to stdout, everything else to stderr. */
export interface Terminal extends TerminalOptions {
  readonly data: Output
  readonly notes: Output
  /** A line for people; not with --quiet or --json. */
  note(text: string): void
}

export function createTerminal(options: TerminalOptions): Terminal {
  const notes = createOutput(process.stderr)
  const isSilent = options.isQuiet || options.isJson
  return {
    ...options,
    data: createOutput(process.stdout),
    notes,
    note(text) {
      if (!isSilent) void notes.write(`${text}\n`)
    },
  }
}

function createOutput(stream: NodeJS.WriteStream): Output {
  let isClosed = false
  let failure: Error | undefined
  stream.on('error', (error: NodeJS.ErrnoException) => {
    isClosed = true
    if (error.code !== 'EPIPE') failure ??= error
  })
  return {
    isTerminal: isTerminal(stream),
    get width() {
      return widthOf(stream)
    },
    colors: picocolors.createColors(hasColors(stream)),
    get isClosed() {
      return isClosed
    },
    get failure() {
      return failure
    },
    write(text) {
      if (isClosed || text === '') return Promise.resolve()
      return new Promise((resolve) => {
        if (stream.write(text, () => resolve())) resolve()
      })
    },
  }
}

function widthOf(stream: NodeJS.WriteStream): number | undefined {
  const declared = Number(process.env['COLUMNS'])
  if (Number.isInteger(declared) && declared > 0) return declared
  return stream.isTTY ? stream.columns : undefined
}
