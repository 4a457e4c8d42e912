/**
 * JSON in which a bigint is `{"$bigint":"…"}`. An object that already looks so, or like its escape, is wrapped in
 * `{"$escaped":…}`, so that every value comes back as it was.
 */
export function toJsonText(value: unknown): string {
  return JSON.stringify(encode(value), undefined, 1)
}

export function fromJsonText(text: string): unknown {
  return decode(JSON.parse(text))
}

const MARKS = ['$bigint', '$escaped']

function encode(value: unknown): unknown {
  if (typeof value === 'bigint') return { $bigint: value.toString() }
  if (Array.isArray(value)) return value.map(encode)
  if (typeof value !== 'object' || value === null) return value
  if ('toJSON' in value && typeof value.toJSON === 'function') return encode(value.toJSON())
  const encoded = mapValues(value, encode)
  return isMarked(value) ? { $escaped: encoded } : encoded
}

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode)
  if (typeof value !== 'object' || value === null) return value
  if (!isMarked(value)) return mapValues(value, decode)
  const { $bigint, $escaped } = value as { readonly $bigint?: unknown; readonly $escaped?: object }
  return typeof $bigint === 'string' ? BigInt($bigint) : mapValues($escaped ?? {}, decode)
}

function isMarked(value: object): boolean {
  const keys = Object.keys(value)
  return keys.length === 1 && MARKS.includes(keys[0] ?? '')
}

function mapValues(value: object, change: (inner: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner)]))
}
