import type { ErrorDocument } from '@qarion/core'

import { printable } from './printable.ts'
import { formatPlace } from './render-error.ts'
import type { Terminal } from './terminal.ts'

/** Warnings for people, a line each and their hints; nothing with --quiet. */
export function renderWarnings(warnings: readonly ErrorDocument[], terminal: Terminal): string {
  if (terminal.isQuiet) return ''
  const { blue, bold, cyan, dim, yellow } = terminal.notes.colors
  return warnings
    .map(({ code, message, hint, place }) => {
      const at = place === undefined ? '' : `  ${dim('at')} ${blue(formatPlace(place))}\n`
      const advice = hint === undefined ? '' : `  ${cyan('hint:')} ${printable(hint)}\n`
      return `${yellow('warning')} ${bold(code)} ${printable(message)}\n${at}${advice}`
    })
    .join('')
}
