import type { RunStatus } from '@qarion/core'

import type { Colors } from './terminal.ts'

const PAINTS: Readonly<
  Record<RunStatus | 'running', keyof Pick<Colors, 'green' | 'red' | 'yellow' | 'cyan'>>
> = {
  succeeded: 'green',
  nothing_to_do: 'green',
  failed: 'red',
  refused: 'yellow',
  blocked: 'yellow',
  partial: 'yellow',
  interrupted: 'yellow',
  skipped: 'yellow',
  running: 'cyan',
}

/** The status in words, coloured by what it means. */
export function paintStatus(status: RunStatus | 'running', colors: Colors): string {
  return colors[PAINTS[status]](status.replaceAll('_', ' '))
}
