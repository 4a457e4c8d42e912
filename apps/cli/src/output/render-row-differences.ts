import type { TestExpectationOutcome } from '@qarion/sdk'

import { countOf } from './numbers.ts'
import { printable } from './printable.ts'
import type { Output } from './terminal.ts'
import { cutText } from './text-width.ts'

const MOST_ROWS = 20
const VALUE_CELLS = 60

type TextRow = TestExpectationOutcome['missing'][number]

/** `~` a row that changed with expected → actual, `-` one that is missing, `+` one that nobody expected. */
export function renderRowDifferences(
  { changed, columns, extra, key, missing }: TestExpectationOutcome,
  { colors, width }: Pick<Output, 'colors' | 'width'>,
): string {
  const { bold, dim, green, red, yellow } = colors
  const keys = key.map((name) => columns.indexOf(name))
  const nameOf = (row: TextRow): string =>
    keys.map((index) => valueText(row[index] ?? null)).join(' | ')
  // What is NULL says little, and there is much of it.
  const rest = (row: TextRow): string => {
    const values = columns.flatMap((column, index) =>
      keys.includes(index) || (row[index] ?? null) === null
        ? []
        : [`${printable(column)}=${valueText(row[index] ?? null)}`],
    )
    const room = (width ?? Number.POSITIVE_INFINITY) - 24 - nameOf(row).length
    const text = values.join('  ')
    return dim(Number.isFinite(room) ? cutText(text, Math.max(20, room)) : text)
  }
  const whole = (sign: string, row: TextRow, what: string): string =>
    `    ${sign} ${[what, bold(nameOf(row)), rest(row)].filter((part) => part !== '').join('  ')}\n`
  const changes = changed.slice(0, MOST_ROWS).map(({ actual, expected }) => {
    const lines = columns.flatMap((column, index) => {
      const [left, right] = [expected[index] ?? null, actual[index] ?? null]
      if (left === right) return []
      return `        ${printable(column)}: ${red(valueText(left))} ${dim('→')} ${green(valueText(right))}\n`
    })
    return `    ${yellow('~')} ${bold(nameOf(expected))}\n${lines.join('')}`
  })
  const lost = missing.slice(0, MOST_ROWS).map((row) => whole(red('-'), row, red('missing')))
  const more = extra.slice(0, MOST_ROWS).map((row) => whole(green('+'), row, green('not expected')))
  const shown = [...changes, ...lost, ...more]
  const left = changed.length + missing.length + extra.length - shown.length
  return shown.join('') + (left > 0 ? `    ${dim(`… and ${countOf(left, 'more row')}`)}\n` : '')
}

function valueText(value: string | null): string {
  if (value === null) return 'NULL'
  return value === '' ? "''" : cutText(printable(value), VALUE_CELLS)
}
