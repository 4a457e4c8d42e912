import { planError } from '../plan-errors.ts'

/** Reads unknown data as a type, or throws QRN-PLAN-016 that names the path. Gives new, plain data. */
export type Shape<Data> = (value: unknown, path: string) => Data

/** A key that may be absent. */
export interface OptionalShape<Data> {
  readonly optional: Shape<Data>
}

/** A shape for every key of an object: optional keys take `optional(...)`, others must not. */
export type Fields<Data> = {
  readonly [Key in keyof Data]-?: undefined extends Data[Key]
    ? OptionalShape<Exclude<Data[Key], undefined>>
    : Partial<Pick<Data, Key>> extends Pick<Data, Key>
      ? OptionalShape<Data[Key]>
      : Shape<Data[Key]>
}

export function optional<Data>(shape: Shape<Data>): OptionalShape<Data> {
  return { optional: shape }
}

/** An object with exactly these keys. */
export function objectShape<Data>(fields: Fields<Data>): Shape<Data> {
  const shapes = new Map<string, Shape<unknown> | OptionalShape<unknown>>(Object.entries(fields))
  return (value, path) => {
    const source = requireObject(value, path)
    for (const key of Object.keys(source)) {
      if (!shapes.has(key)) throw misfit(path, `has the key ${key}, which is not known`)
    }
    const result: [string, unknown][] = []
    for (const [key, shape] of shapes) {
      const has = Object.hasOwn(source, key) && source[key] !== undefined
      if (typeof shape === 'function')
        result.push([key, shape(has ? source[key] : undefined, `${path}.${key}`)])
      else if (has) result.push([key, shape.optional(source[key], `${path}.${key}`)])
    }
    return Object.fromEntries(result) as Data
  }
}

/** One of several objects, told apart by the text under `key`. */
export function variantShape<Data>(
  key: string,
  variants: Readonly<Record<string, Shape<Data>>>,
): Shape<Data> {
  return (value, path) => {
    const kind = requireObject(value, path)[key]
    const shape =
      typeof kind === 'string' && Object.hasOwn(variants, kind) ? variants[kind] : undefined
    if (shape === undefined)
      throw misfit(
        `${path}.${key}`,
        `is ${show(kind)}, none of ${Object.keys(variants).join(', ')}`,
      )
    return shape(value, path)
  }
}

export function arrayShape<Item>(item: Shape<Item>): Shape<readonly Item[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw misfit(path, `is ${show(value)}, not a list`)
    return value.map((one: unknown, index) => item(one, `${path}[${index}]`))
  }
}

/** One of these texts. */
export function oneOf<const Text extends string>(...texts: readonly Text[]): Shape<Text> {
  return (value, path) => {
    const found = texts.find((text) => text === value)
    if (found === undefined) throw misfit(path, `is ${show(value)}, none of ${texts.join(', ')}`)
    return found
  }
}

export const textShape: Shape<string> = (value, path) => {
  if (typeof value !== 'string') throw misfit(path, `is ${show(value)}, not a text`)
  return value
}

export const flagShape: Shape<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw misfit(path, `is ${show(value)}, not true or false`)
  return value
}

/** A whole number that JavaScript holds exactly. */
export const countShape: Shape<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    throw misfit(path, `is ${show(value)}, not a whole number`)
  return value
}

export function nullable<Data>(shape: Shape<Data>): Shape<Data | null> {
  return (value, path) => (value === null ? null : shape(value, path))
}

/** Any JSON value. */
export const jsonShape: Shape<unknown> = (value, path) => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (Array.isArray(value))
    return value.map((item: unknown, index) => jsonShape(item, `${path}[${index}]`))
  return jsonObjectShape(value, path)
}

/** A JSON object with any keys; a key that is undefined counts as absent. */
export const jsonObjectShape: Shape<Readonly<Record<string, unknown>>> = (value, path) => {
  const entries = Object.entries(requireObject(value, path)).filter(
    ([, item]) => item !== undefined,
  )
  return Object.fromEntries(entries.map(([key, item]) => [key, jsonShape(item, `${path}.${key}`)]))
}

/** An object with any keys, whose values have one shape. */
export function recordShape<Item>(item: Shape<Item>): Shape<Readonly<Record<string, Item>>> {
  return (value, path) =>
    Object.fromEntries(
      Object.entries(requireObject(value, path)).map(([key, one]) => [
        key,
        item(one, `${path}.${key}`),
      ]),
    )
}

/** A shape that is looked up when used, for types that hold themselves. */
export function lazy<Data>(shape: () => Shape<Data>): Shape<Data> {
  return (value, path) => shape()(value, path)
}

function requireObject(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw misfit(path, `is ${show(value)}, not an object`)
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) throw misfit(path, 'is not plain data')
  return value as Readonly<Record<string, unknown>>
}

function misfit(path: string, problem: string): Error {
  return planError('QRN-PLAN-016', `${path} ${problem}.`)
}

function show(value: unknown): string {
  if (value === undefined) return 'absent'
  if (typeof value === 'string')
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value === null) return 'null'
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`
}
