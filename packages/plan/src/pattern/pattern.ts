import type { CharacterSet } from './character-set.ts'

/** A pattern of `matches` as a tree: what all engines are told in their own words. */
export type Pattern =
  | { readonly kind: 'character'; readonly of: CharacterSet }
  | { readonly kind: 'sequence'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'choice'; readonly branches: readonly Pattern[] }
  | {
      readonly kind: 'repeat'
      readonly part: Pattern
      readonly least: number
      /** Absent: any number. */
      readonly most?: number
    }
  /** The start and the end of the text. */
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }

/** Longest pattern, in code points. */
export const MAX_PATTERN_LENGTH = 1000
/** The most that a repeat may count: what the strictest engine (Postgres) takes. */
export const MAX_REPEAT = 255
/** Characters and sets that a pattern may come to once its repeats are written out, so that every engine has room for it. */
export const MAX_PATTERN_SIZE = 2000
export const MAX_PATTERN_DEPTH = 50
