const SECRET_BRAND = Symbol.for('qarion.Secret')
const MASK = '***'

/** A value that prints as `***` wherever it is printed; `reveal()` is the one way to read it. */
export interface Secret {
  reveal(): string
  toString(): string
  toJSON(): string
}

/** Wraps a secret text so that logs, JSON and inspection show `***`. */
export function createSecret(text: string): Secret {
  return Object.freeze({
    [SECRET_BRAND]: true,
    [Symbol.for('nodejs.util.inspect.custom')]: () => MASK,
    reveal: () => text,
    toString: () => MASK,
    toJSON: () => MASK,
  })
}

export function isSecret(value: unknown): value is Secret {
  return typeof value === 'object' && value !== null && SECRET_BRAND in value
}
