import { isBad, TEXT, WIDE_TEXT } from './value-kinds.ts'
import type { ValueScanner } from './value-scanner.ts'

/** No key: what stands there cannot be read as one. */
export const NO_KEY = -1
/** Undeclared keys that are told apart; further ones are taken for one. */
const MAX_EXTRA_KEYS = 4096

/** What cannot stand in a file as it is: such keys are never compared by their bytes. */
// oxlint-disable-next-line no-control-regex -- JSON texts may not hold them
const NEEDS_ESCAPES = /["\\\u0000-\u001f]/

/** Where a key that is not declared was first seen. */
export interface ExtraKey {
  readonly name: string
  readonly line: number
  readonly column: number
}

/**
 * The keys of records as small numbers: declared ones by their place in `declared`, others after them. Records tend to
 * have their keys in one order, so the key that followed another one last time is compared with the bytes first.
 */
export interface KeyTable {
  /** The key that is expected after `before` (-1 at the start), or `NO_KEY`. */
  expectedAfter(before: number): number
  /** Bytes of a key without quotes, to compare with. */
  bytesOf(key: number): Uint8Array
  /** The key that `scanner` has just scanned after `before`. `at`: where it stands. */
  find(bytes: Buffer, scanner: ValueScanner, before: number, at: number): number
  /** A record begins; what was seen for the first time in one that did not end is forgotten. */
  begin(): void
  /** The record ended as one: keys seen for the first time in it are known from now on. */
  commit(placeOf: (at: number) => { readonly line: number; readonly column: number }): void
  /** For each declared key its place among all keys in the order they first appeared. */
  readonly foundAs: readonly (number | undefined)[]
  readonly extras: readonly ExtraKey[]
}

export function createKeyTable(declared: readonly string[]): KeyTable {
  const keys = new Map(declared.map((name, key) => [name, key]))
  const names = [...declared]
  const bytesOfKeys: Uint8Array[] = declared.map((name) => Buffer.from(name))
  const foundAs: (number | undefined)[] = declared.map(() => undefined)
  const extras: ExtraKey[] = []
  const known = new Uint8Array(declared.length + MAX_EXTRA_KEYS)
  /** By key + 1. */
  const followers = new Int16Array(known.length + 1).fill(NO_KEY)
  let pending: { readonly key: number; readonly at: number }[] = []
  let foundCount = 0

  const keyOf = (name: string): number => {
    const key = keys.get(name)
    if (key !== undefined) return key
    if (names.length === known.length) return known.length - 1
    names.push(name)
    bytesOfKeys.push(Buffer.from(name))
    keys.set(name, names.length - 1)
    return names.length - 1
  }

  return {
    foundAs,
    extras,
    expectedAfter: (before) => followers[before + 1] as number,
    bytesOf: (key) => bytesOfKeys[key] as Uint8Array,
    find: (bytes, scanner, before, at) => {
      const name = textOfKey(bytes, scanner)
      if (name === undefined) return NO_KEY
      const key = keyOf(name)
      if (known[key] === 1) {
        if (!NEEDS_ESCAPES.test(name)) followers[before + 1] = key
      } else if (pending.every((one) => one.key !== key)) pending.push({ key, at })
      return key
    },
    begin: () => {
      if (pending.length > 0) pending = []
    },
    commit: (placeOf) => {
      if (pending.length === 0) return
      for (const { key, at } of pending) {
        known[key] = 1
        if (key < declared.length) foundAs[key] = foundCount
        else extras.push({ name: names[key] as string, ...placeOf(at) })
        foundCount += 1
      }
      pending = []
    },
  }
}

/** The text scanned last; `undefined` for one that is none, or holds half a surrogate pair. */
export function textOfKey(bytes: Buffer, { kind, start, end }: ValueScanner): string | undefined {
  if (kind === TEXT) return bytes.toString('latin1', start, end)
  if (kind === WIDE_TEXT) return bytes.toString('utf8', start, end)
  if (isBad(kind)) return undefined
  const text = JSON.parse(bytes.toString('utf8', start - 1, end + 1)) as string
  return text.isWellFormed() ? text : undefined
}
