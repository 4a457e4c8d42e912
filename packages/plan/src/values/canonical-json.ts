const MAX_DEPTH = 512
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const BLANKS = /[ \t\n\r]*/y
const MAX_EXPONENT_DIGITS = 9

/** What is not JSON, or not ours: thrown inside this file only. */
const NOT_JSON = Symbol('not JSON')

/**
 * JSON text in its one canonical form: no blanks, keys sorted by code point, numbers exact in ECMAScript's shape
 * (1, 1.0 and 10e-1 are `1`). `undefined` if the text is not JSON, repeats a key of an object, or holds a lone
 * surrogate or NUL.
 */
export function canonicalJson(text: string): string | undefined {
  if (!text.isWellFormed()) return undefined
  const reader = new JsonReader(text)
  try {
    return reader.readWhole()
  } catch (thrown) {
    if (thrown === NOT_JSON) return undefined
    throw thrown
  }
}

class JsonReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  readWhole(): string {
    const result = this.#readValue(0)
    this.#skipBlanks()
    if (this.#at < this.#text.length) throw NOT_JSON
    return result
  }

  #readValue(depth: number): string {
    if (depth > MAX_DEPTH) throw NOT_JSON
    this.#skipBlanks()
    const first = this.#text[this.#at]
    if (first === '{') return this.#readObject(depth)
    if (first === '[') return this.#readArray(depth)
    if (first === '"') return JSON.stringify(this.#readString())
    for (const word of ['true', 'false', 'null']) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length
        return word
      }
    }
    return canonicalNumber(this.#match(NUMBER))
  }

  #readArray(depth: number): string {
    const items: string[] = []
    this.#readList('[', ']', () => items.push(this.#readValue(depth + 1)))
    return `[${items.join(',')}]`
  }

  #readObject(depth: number): string {
    const members = new Map<string, string>()
    this.#readList('{', '}', () => {
      this.#skipBlanks()
      const key = this.#readString()
      if (members.has(key)) throw NOT_JSON
      this.#skipBlanks()
      this.#take(':')
      members.set(key, this.#readValue(depth + 1))
    })
    const keys = [...members.keys()].sort(compareCodePoints)
    return `{${keys.map((key) => `${JSON.stringify(key)}:${members.get(key)}`).join(',')}}`
  }

  #readList(open: string, close: string, readItem: () => void): void {
    this.#take(open)
    this.#skipBlanks()
    if (this.#text[this.#at] === close) {
      this.#at += 1
      return
    }
    for (;;) {
      readItem()
      this.#skipBlanks()
      if (this.#text[this.#at] === close) {
        this.#at += 1
        return
      }
      this.#take(',')
    }
  }

  #readString(): string {
    if (this.#text[this.#at] !== '"') throw NOT_JSON
    let end = this.#at + 1
    while (end < this.#text.length && this.#text[end] !== '"')
      end += this.#text[end] === '\\' ? 2 : 1
    const value = parseString(this.#text.slice(this.#at, end + 1))
    this.#at = end + 1
    return value
  }

  #skipBlanks(): void {
    this.#match(BLANKS)
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (match === null) throw NOT_JSON
    this.#at += match[0].length
    return match[0]
  }

  #take(mark: string): void {
    if (this.#text[this.#at] !== mark) throw NOT_JSON
    this.#at += 1
  }
}

function parseString(source: string): string {
  let value: unknown
  try {
    value = JSON.parse(source)
  } catch {
    throw NOT_JSON
  }
  if (typeof value !== 'string' || !value.isWellFormed() || value.includes('\u0000')) throw NOT_JSON
  return value
}

function canonicalNumber(source: string): string {
  const [mantissa = '', exponentText = '0'] = source
    .replace('-', (sign, at) => (at === 0 ? '' : sign))
    .split(/[eE]/)
  const [whole = '', fraction = ''] = mantissa.split('.')
  const digits = (whole + fraction).replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  if (significant === '') return '0'
  if (exponentText.replace(/^[+-]?0*/, '').length > MAX_EXPONENT_DIGITS) throw NOT_JSON
  // Place of the point counted from the first significant digit.
  const point = digits.length - fraction.length + Number(exponentText)
  return (source.startsWith('-') ? '-' : '') + placePoint(significant, point)
}

/** As ECMAScript writes numbers: plain from 1e-7 to 1e21, else with an exponent. */
function placePoint(digits: string, point: number): string {
  const count = digits.length
  if (point > 21 || point <= -6) {
    const fraction = count === 1 ? '' : `.${digits.slice(1)}`
    return `${digits.charAt(0)}${fraction}e${point > 0 ? '+' : '-'}${Math.abs(point - 1)}`
  }
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`
  return count <= point
    ? digits.padEnd(point, '0')
    : `${digits.slice(0, point)}.${digits.slice(point)}`
}

/** By code point, which is the order of UTF-8 bytes; JavaScript's own order is by UTF-16 unit. */
export function compareCodePoints(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let at = 0; at < length; at += 1) {
    const a = left.charCodeAt(at)
    const b = right.charCodeAt(at)
    if (a !== b) return order(a) - order(b)
  }
  return left.length - right.length
}

/** Surrogates stand for code points above all others of one unit. */
function order(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
