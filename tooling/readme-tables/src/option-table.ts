import type { OptionDescriptor } from '@qarion/core'

import { markdownTable } from './markdown.ts'

/** The options of one plugin as Markdown. */
export function optionTable(options: readonly OptionDescriptor[]): string {
  if (options.length === 0) return 'None.'
  return markdownTable(
    ['option', 'type', 'default', 'required', 'meaning'],
    options.map((option) => [
      `\`${option.name}\``,
      typeOf(option),
      defaultOf(option),
      option.isRequired === true ? 'yes' : '',
      option.description,
    ]),
  )
}

function typeOf({ type, choices, minimum, maximum }: OptionDescriptor): string {
  if (choices !== undefined) return choices.map((choice) => `\`${choice}\``).join(', ')
  if (minimum !== undefined && maximum !== undefined) return `${type}, ${minimum} to ${maximum}`
  if (minimum !== undefined) return `${type}, at least ${minimum}`
  return maximum === undefined ? type : `${type}, at most ${maximum}`
}

/** As it would be written in TOML, whose basic strings are JSON's. */
function defaultOf(option: OptionDescriptor): string {
  return option.default === undefined ? '' : `\`${JSON.stringify(option.default)}\``
}
