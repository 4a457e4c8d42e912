import { jsonInteger } from '@qarion/core'

/**
 * JSON as Qarion writes it: integers that a double cannot hold are strings, so that no reader rounds them. Decimals
 * are strings before they get here.
 */
export function toJsonText(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'bigint' ? jsonInteger(item) : item,
  )
}
