/**
 * JSON as Qarion writes it: integers that a double cannot hold are strings, so that no reader rounds them. Decimals
 * are strings before they get here.
 */
export function toJsonText(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'bigint' ? jsonInteger(item) : item,
  )
}

export function jsonInteger(value: bigint): number | string {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : String(value)
}
