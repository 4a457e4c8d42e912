import { compareText } from './compare.ts'
import { isValueProblem, valueProblem, type ValueProblem } from './problem.ts'

/** Arrays and objects within each other that JSON may have. */
export const MAX_JSON_DEPTH = 500

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}
const NUMBER = /-?(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?/y
// oxlint-disable-next-line no-control-regex -- JSON strings may not hold them
const PLAIN = /[^"\\\u0000-\u001f]*/y
/** Exponents with more digits are refused: they cannot be added exactly, and no one means them. */
const MAX_EXPONENT_DIGITS = 15

/**
 * JSON text in its one form: keys sorted by code point, no blanks, numbers exact (never through a double) and laid out
 * as ECMAScript does, so that 1, 1.0 and 1e0 are one text. Not JSON, duplicate keys, lone surrogates and more than 500
 * levels are problems.
 */
export function canonicalJson(text: string): string | ValueProblem {
  let at = 0

  const fail = (what: string): never => {
    throw valueProblem(`${what} at character ${at + 1}`)
  }

  const skipBlanks = (): void => {
    for (;;) {
      const code = text.charCodeAt(at)
      if (code !== 32 && code !== 9 && code !== 10 && code !== 13) return
      at += 1
    }
  }

  const readEscape = (): string => {
    const letter = text[at + 1] ?? ''
    if (letter === 'u') {
      const hex = text.slice(at + 2, at + 6)
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) return fail('not JSON: bad escape')
      at += 6
      return String.fromCharCode(Number.parseInt(hex, 16))
    }
    const character = ESCAPES[letter]
    if (character === undefined) return fail('not JSON: bad escape')
    at += 2
    return character
  }

  const readString = (): string => {
    const start = at
    at += 1
    const parts: string[] = []
    for (;;) {
      PLAIN.lastIndex = at
      const plain = (PLAIN.exec(text) as RegExpExecArray)[0]
      if (plain !== '') parts.push(plain)
      at += plain.length
      const next = text[at]
      if (next === '"') break
      if (next !== '\\')
        return fail('not JSON: a string is not closed or holds a control character')
      parts.push(readEscape())
    }
    at += 1
    const value = parts.length === 1 ? (parts[0] as string) : parts.join('')
    if (value.isWellFormed()) return value
    at = start
    return fail('a lone surrogate in the string')
  }

  const readNumber = (): string => {
    NUMBER.lastIndex = at
    const match = NUMBER.exec(text)
    if (match === null) return fail('not JSON')
    const [whole, integer = '', fraction = '', exponent = '0'] = match
    if (exponent.replace(/^[+-]?0*/, '').length > MAX_EXPONENT_DIGITS)
      return fail('an exponent beyond all use')
    at = NUMBER.lastIndex
    return layOutNumber(whole.startsWith('-'), integer, fraction, Number(exponent))
  }

  const readArray = (depth: number): string => {
    const items: string[] = []
    at += 1
    skipBlanks()
    if (text[at] === ']') at += 1
    else {
      for (;;) {
        items.push(readValue(depth))
        const next = text[at]
        if (next !== ',' && next !== ']') return fail('not JSON: expected , or ]')
        at += 1
        if (next === ']') break
      }
    }
    return `[${items.join(',')}]`
  }

  const readObject = (depth: number): string => {
    const members: [key: string, value: string][] = []
    at += 1
    skipBlanks()
    if (text[at] === '}') at += 1
    else {
      for (;;) {
        skipBlanks()
        if (text[at] !== '"') return fail('not JSON: expected a key')
        const key = readString()
        skipBlanks()
        if (text[at] !== ':') return fail('not JSON: expected :')
        at += 1
        members.push([key, readValue(depth)])
        const next = text[at]
        if (next !== ',' && next !== '}') return fail('not JSON: expected , or }')
        at += 1
        if (next === '}') break
      }
    }
    members.sort(([left], [right]) => compareText(left, right))
    const parts = members.map(([key, value], index) => {
      if (index > 0 && members[index - 1]?.[0] === key)
        throw valueProblem(`the key ${JSON.stringify(key)} twice in an object`)
      return `${JSON.stringify(key)}:${value}`
    })
    return `{${parts.join(',')}}`
  }

  const readWord = (word: string): string => {
    if (!text.startsWith(word, at)) return fail('not JSON')
    at += word.length
    return word
  }

  const readValue = (depth: number): string => {
    skipBlanks()
    const result = readBare(depth)
    skipBlanks()
    return result
  }

  const readBare = (depth: number): string => {
    const first = text[at]
    if (first === '{' || first === '[') {
      if (depth === MAX_JSON_DEPTH) return fail(`more than ${MAX_JSON_DEPTH} levels`)
      return first === '{' ? readObject(depth + 1) : readArray(depth + 1)
    }
    if (first === '"') return JSON.stringify(readString())
    if (first === 't') return readWord('true')
    if (first === 'f') return readWord('false')
    if (first === 'n') return readWord('null')
    return readNumber()
  }

  try {
    const result = readValue(0)
    return at === text.length ? result : valueProblem(`not JSON: more text at character ${at + 1}`)
  } catch (thrown) {
    if (isValueProblem(thrown)) return thrown
    throw thrown
  }
}

/** ECMAScript's layout of a number (Number::toString), for digits of any length. */
function layOutNumber(
  isNegative: boolean,
  integer: string,
  fraction: string,
  exponent: number,
): string {
  const all = integer + fraction
  const digits = all.replace(/^0+/, '')
  const leading = all.length - digits.length
  const significant = trimEndZeros(digits)
  if (significant === '') return '0'
  const sign = isNegative ? '-' : ''
  const count = significant.length
  const point = integer.length - leading + exponent
  if (point > 21 || point <= -6) {
    const power = point - 1
    const mantissa = count === 1 ? significant : `${significant[0]}.${significant.slice(1)}`
    return `${sign}${mantissa}e${power < 0 ? '-' : '+'}${Math.abs(power)}`
  }
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${significant}`
  if (count <= point) return `${sign}${significant}${'0'.repeat(point - count)}`
  return `${sign}${significant.slice(0, point)}.${significant.slice(point)}`
}

// A loop, since /0+$/ takes quadratic time on zeros that are not at the end.
function trimEndZeros(digits: string): string {
  let end = digits.length
  while (end > 0 && digits.charCodeAt(end - 1) === 48) end -= 1
  return digits.slice(0, end)
}
