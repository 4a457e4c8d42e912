import type { Output } from '../output/terminal.ts'
import { cutText } from '../output/text-width.ts'

/** The last line of a terminal, rewritten in place. */
export interface ProgressLine {
  /** Puts a lasting line above. */
  print(text: string): void
  close(): void
}

const INTERVAL_MS = 100
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/** Redraws what `describe` says ten times a second. Text is overwritten before the rest is erased: no flicker. */
export function createProgressLine(output: Output, describe: () => string): ProgressLine {
  let isShown = false
  let frame = 0
  const draw = (above = ''): void => {
    const text = describe()
    if (text === '' && !isShown && above === '') return
    const width = (output.width ?? 80) - 1
    const spinner = FRAMES[frame % FRAMES.length] ?? ''
    const line = text === '' ? '' : output.colors.dim(cutText(`${spinner} ${text}`, width))
    const lasting = above === '' ? '' : `${above}\u001b[K\n`
    void output.write(`\r${lasting}${line}\u001b[K`)
    isShown = text !== ''
  }
  const timer = setInterval(() => {
    frame += 1
    draw()
  }, INTERVAL_MS).unref()
  return {
    print: draw,
    close() {
      clearInterval(timer)
      if (isShown) void output.write('\r\u001b[K')
      isShown = false
    },
  }
}
