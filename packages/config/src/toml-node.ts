/** A TOML file as read. `file` is relative to the project, with `/`: what users see. */
export interface TomlSource {
  readonly file: string
  readonly text: string
  /** Ranges whose text no message may show. */
  readonly secretRanges: TextSpan[]
}

/** Offsets in UTF-16 units; `end` is exclusive. */
export interface TextSpan {
  readonly start: number
  readonly end: number
}

/** Where something stands. */
export interface Spot extends TextSpan {
  readonly source: TomlSource
}

export type TomlNode = TomlTable | TomlArray | TomlScalar

/** For a table written with a header the spot is the header, for an inline one its braces. */
export interface TomlTable extends Spot {
  readonly kind: 'table'
  readonly entries: Map<string, TomlEntry>
}

export interface TomlEntry {
  readonly key: Spot
  readonly node: TomlNode
}

export interface TomlArray extends Spot {
  readonly kind: 'array'
  readonly items: TomlNode[]
}

export interface TomlScalar extends Spot {
  readonly kind: 'scalar'
  /** An integer beyond 2^53 is a bigint; a date or time is its text in a `TomlDateTime`. */
  readonly value: string | number | bigint | boolean | TomlDateTime
}

/** A TOML date, time or both, as written. Not a plain object, so that it never passes for a table. */
export class TomlDateTime {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type PlainValue =
  | string
  | number
  | bigint
  | boolean
  | TomlDateTime
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue }

/** The value without its places. */
export function toPlain(node: TomlNode): PlainValue {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'array') return node.items.map(toPlain)
  const plain: Record<string, PlainValue> = {}
  for (const [key, entry] of node.entries) plain[key] = toPlain(entry.node)
  return plain
}

/** The table under a key; `undefined` if the key is absent or holds something else. */
export function tableIn(table: TomlTable | undefined, key: string): TomlTable | undefined {
  const node = table?.entries.get(key)?.node
  return node?.kind === 'table' ? node : undefined
}

/** The array under a key; `undefined` if the key is absent or holds something else. */
export function arrayIn(table: TomlTable | undefined, key: string): TomlArray | undefined {
  const node = table?.entries.get(key)?.node
  return node?.kind === 'array' ? node : undefined
}

/** The text under a key; `undefined` if the key is absent or holds something else. */
export function textIn(table: TomlTable | undefined, key: string): string | undefined {
  const node = table?.entries.get(key)?.node
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined
}

/** The spot of the value under a path of keys and indexes, or of the nearest part of it that exists. */
export function spotOf(
  root: TomlNode,
  path: readonly (string | number)[],
  part: 'key' | 'value' = 'value',
): Spot {
  let node = root
  let spot: Spot = root
  for (const step of path) {
    if (node.kind === 'table') {
      const entry = node.entries.get(String(step))
      if (entry === undefined) return spot
      node = entry.node
      spot = part === 'key' ? entry.key : node
    } else if (node.kind === 'array') {
      const item = node.items[Number(step)]
      if (item === undefined) return spot
      node = item
      spot = item
    } else return spot
  }
  return spot
}
