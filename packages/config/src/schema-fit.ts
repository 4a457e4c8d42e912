import type { JsonSchema } from './option-schema.ts'

type Check = (value: unknown, rule: never, schema: JsonSchema) => boolean

/** Words that ask nothing of a value. */
const REMARKS: ReadonlySet<string> = new Set(['$schema', 'title', 'description', 'default'])

/** The keywords that schemas of this package have. */
const CHECKS: Readonly<Record<string, Check>> = {
  type: (value, types: string | readonly string[]) =>
    [types].flat().some((type) => isOf(value, type)),
  enum: (value, values: readonly unknown[]) => values.includes(value),
  pattern: (value, pattern: string) =>
    typeof value !== 'string' || new RegExp(pattern, 'u').test(value),
  minimum: (value, least: number) => typeof value !== 'number' || value >= least,
  maximum: (value, most: number) => typeof value !== 'number' || value <= most,
  items: (value, schema: JsonSchema) =>
    !Array.isArray(value) || value.every((item) => fitsSchema(item, schema)),
  required: (value, keys: readonly string[]) =>
    !isTable(value) || keys.every((key) => Object.hasOwn(value, key)),
  properties: (value, schemas: Readonly<Record<string, JsonSchema>>) =>
    !isTable(value) ||
    Object.entries(value).every(
      ([key, inner]) => !Object.hasOwn(schemas, key) || fitsSchema(inner, schemas[key] ?? {}),
    ),
  additionalProperties: (value, rest: JsonSchema | false, { properties }) =>
    !isTable(value) ||
    Object.entries(value).every(
      ([key, inner]) =>
        Object.hasOwn(properties ?? {}, key) || (rest !== false && fitsSchema(inner, rest)),
    ),
}

/**
 * Whether a value fits a schema that this package has made. False where the schema has a keyword that is unknown here:
 * only the validator that also says what is wrong may then tell. Importing that one and compiling a schema takes longer
 * than loading a small project.
 */
export function fitsSchema(value: unknown, schema: JsonSchema): boolean {
  return Object.entries(schema).every(([keyword, rule]) => {
    if (REMARKS.has(keyword)) return true
    return (
      Object.hasOwn(CHECKS, keyword) && CHECKS[keyword]?.(value, rule as never, schema) === true
    )
  })
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isOf(value: unknown, type: string): boolean {
  switch (type) {
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isTable(value)
    case 'integer':
      return Number.isInteger(value)
    case 'number':
      return typeof value === 'number' && Number.isFinite(value)
    default:
      return typeof value === type
  }
}
