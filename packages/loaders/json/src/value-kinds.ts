/** What stands where a value is expected; the kinds from `BAD_WORD` on are bad values whatever the column. */
export const ABSENT = 0
export const NULL = 1
export const TRUE = 2
export const FALSE = 3
/** A number without fraction and exponent. */
export const INTEGER = 4
export const NUMBER = 5
/** A text in ASCII without escapes: its bytes are its characters. */
export const TEXT = 6
/** A text with other characters, without escapes. */
export const WIDE_TEXT = 7
export const ESCAPED_TEXT = 8
export const OBJECT = 9
export const ARRAY = 10
export const BAD_WORD = 11
export const BAD_ESCAPE = 12
export const CONTROL = 13
export const HAS_NUL = 14
export const TWICE = 15

const NAMES: Readonly<Record<number, string>> = {
  [NULL]: 'null',
  [TRUE]: 'a boolean',
  [FALSE]: 'a boolean',
  [INTEGER]: 'a number',
  [NUMBER]: 'a number',
  [TEXT]: 'a text',
  [WIDE_TEXT]: 'a text',
  [ESCAPED_TEXT]: 'a text',
  [OBJECT]: 'an object',
  [ARRAY]: 'an array',
}

const REASONS: Readonly<Record<number, string>> = {
  [BAD_WORD]: 'not a JSON value',
  [BAD_ESCAPE]: 'not JSON: a bad escape in the text',
  [CONTROL]: 'not JSON: a control character in the text that is not escaped',
  [HAS_NUL]: 'holds a NUL character',
  [TWICE]: 'the key twice in the record',
}

export function isText(kind: number): boolean {
  return kind >= TEXT && kind <= ESCAPED_TEXT
}

export function isBad(kind: number): boolean {
  return kind >= BAD_WORD
}

/** Why a value of this kind cannot be in a column of a type. */
export function misfit(kind: number, type: string): string {
  return REASONS[kind] ?? `${NAMES[kind] ?? ''} in a column of type ${type}`
}

/** Why an element or line of this kind is no record. */
export function noRecord(kind: number): string {
  return REASONS[kind] ?? `${NAMES[kind] ?? ''}, not a record`
}
