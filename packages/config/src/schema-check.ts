import type { ErrorObject } from 'ajv'

import { SCHEMA_TYPES, SCHEMA_TYPE_SYNONYMS } from './flow-keys.ts'
import { suggest } from './nearest.ts'
import type { JsonSchema } from './option-schema.ts'
import type { Problem, ProblemList } from './problem-list.ts'
import { fitsSchema } from './schema-fit.ts'
import { spotOf, type TomlTable, TomlDateTime, toPlain } from './toml-node.ts'

/** Checks parsed files against schemas; each schema is made once, when it is first needed. */
export interface SchemaChecker {
  check(key: string, makeSchema: () => JsonSchema, file: TomlTable, problems: ProblemList): void
}

/** Tells only that something is wrong, quickly: what and where is for `createSchemaChecker`. */
export function createQuickChecker(): SchemaChecker {
  const made = new Map<string, JsonSchema>()
  return {
    check: (key, makeSchema, file, problems) => {
      const schema = made.get(key) ?? makeSchema()
      made.set(key, schema)
      if (fitsSchema(toPlain(file), schema)) return
      problems.add({
        code: 'QRN-CONFIG-010',
        message: 'the file does not fit its schema',
        at: file,
      })
    },
  }
}

/** `elsewhere` tells in which other table a key that is unknown here would be known. */
export async function createSchemaChecker(
  elsewhere: (key: string, path: readonly (string | number)[]) => string | undefined,
): Promise<SchemaChecker> {
  // ajv takes as long to import as a small project to load: only when there is something to check.
  const { Ajv } = await import('ajv')
  const ajv = new Ajv({ allErrors: true, verbose: true, strict: false, validateSchema: false })
  const compiled = new Map<string, ReturnType<typeof ajv.compile>>()
  return {
    check: (key, makeSchema, file, problems) => {
      const validate = compiled.get(key) ?? ajv.compile(makeSchema())
      compiled.set(key, validate)
      if (validate(toPlain(file))) return
      for (const error of validate.errors ?? []) {
        problems.add(describe(error, file, elsewhere))
      }
    },
  }
}

function describe(
  error: ErrorObject,
  file: TomlTable,
  elsewhere: (key: string, path: readonly (string | number)[]) => string | undefined,
): Problem {
  const path = pathOf(error.instancePath)
  const here = tableName(path)
  const name = path.findLast((step) => typeof step === 'string') ?? ''
  const at = spotOf(file, path)
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(error.params['additionalProperty'])
      const known = Object.keys(error.parentSchema?.['properties'] ?? {})
      const other = elsewhere(key, path)
      return {
        code: 'QRN-CONFIG-007',
        message: `unknown key \`${key}\` ${here}`,
        hint: other === undefined ? suggest(key, known) : `\`${key}\` belongs in ${other}.`,
        at: spotOf(file, [...path, key], 'key'),
      }
    }
    case 'required': {
      const key = String(error.params['missingProperty'])
      return {
        code: 'QRN-CONFIG-008',
        message: `the key \`${key}\` is missing ${here}`,
        hint: `Add \`${key}\`${describedBy(error, key)}.`,
        at,
      }
    }
    case 'enum': {
      if (name === 'schema_type') return schemaTypeProblem(String(error.data), at)
      const admitted = (error.params['allowedValues'] as unknown[]).map(String)
      return {
        code: 'QRN-CONFIG-010',
        message: `\`${name}\` cannot be ${shown(error.data)}`,
        hint: `${suggest(String(error.data), admitted)} Admitted: ${admitted.join(', ')}.`,
        at,
      }
    }
    case 'type':
    case 'pattern':
      return {
        code: 'QRN-CONFIG-009',
        message: `\`${name}\` takes ${expected(error)}, this is ${kindOf(error.data)}`,
        hint: numberInQuotes(error) ? 'Remove the quotes.' : undefined,
        at,
      }
    default:
      return {
        code: 'QRN-CONFIG-010',
        message: `\`${name}\` ${error.message ?? 'is not admitted'}`,
        at,
      }
  }
}

/** What a type that is none of ours is answered with. */
function schemaTypeProblem(word: string, at: Problem['at'] & object): Problem {
  const right = SCHEMA_TYPE_SYNONYMS.get(word.toLowerCase().replace(/\(.*$/, ''))
  return {
    code: 'QRN-CONFIG-018',
    message: `there is no schema_type \`${word}\``,
    hint: right === undefined ? suggest(word, SCHEMA_TYPES) : `Write \`${right}\`.`,
    at,
  }
}

function pathOf(pointer: string): (string | number)[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => {
      const text = step.replaceAll('~1', '/').replaceAll('~0', '~')
      return /^\d+$/.test(text) ? Number(text) : text
    })
}

/** `in [input]`, `in the 2nd entry of [input] columns` as a person would say it. */
function tableName(path: readonly (string | number)[]): string {
  const keys = path.filter((step) => typeof step === 'string')
  if (keys.length === 0) return 'at the top of the file'
  const index = path.at(-1)
  const table = `[${keys.join('.')}]`
  return typeof index === 'number' ? `in entry ${index + 1} of ${table}` : `in ${table}`
}

function describedBy(error: ErrorObject, key: string): string {
  const description: unknown = error.parentSchema?.['properties']?.[key]?.description
  if (typeof description !== 'string') return ''
  return `: ${description.charAt(0).toLowerCase()}${description.slice(1).replace(/\.$/, '')}`
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a table',
}

function expected(error: ErrorObject): string {
  const type: unknown = error.parentSchema?.['type']
  const first: unknown = Array.isArray(type) ? type[0] : type
  return EXPECTED[String(first)] ?? 'something else'
}

function kindOf(value: unknown): string {
  if (typeof value === 'string') return 'a text'
  if (typeof value === 'bigint') return 'a number too large'
  if (typeof value === 'number') return Number.isInteger(value) ? 'a whole number' : 'a number'
  if (typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return 'a list'
  return value instanceof TomlDateTime ? 'a date or time' : 'a table'
}

function numberInQuotes(error: ErrorObject): boolean {
  return (
    error.keyword === 'pattern' && /^(?:[+-]?\d+(?:\.\d+)?|true|false)$/.test(String(error.data))
  )
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `"${value.slice(0, 60)}"` : kindOf(value)
}
