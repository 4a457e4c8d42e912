import type { Terminal } from './output/terminal.ts'

const CODES = { SIGINT: 130, SIGTERM: 143 } as const

export interface Interruption {
  readonly signal: AbortSignal
  /** 130 or 143 once somebody interrupted, else undefined. */
  readonly exitCode: number | undefined
}

/** The first Ctrl-C or SIGTERM asks for an orderly end, the second one ends the process at once. */
export function watchSignals(terminal: Terminal): Interruption {
  const controller = new AbortController()
  let exitCode: number | undefined
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (exitCode !== undefined) process.exit(CODES[name])
      exitCode = CODES[name]
      const erased = terminal.notes.isTerminal ? '\r\u001b[K' : ''
      terminal.note(`${erased}Stopping in good order; once more stops at once.`)
      controller.abort()
    })
  }
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode
    },
  }
}
