import type { OptionDescriptor } from '@qarion/core'

/** A JSON Schema, as far as this package makes them. */
export interface JsonSchema {
  readonly [keyword: string]: unknown
}

/** References and variables may stand wherever a single value does. */
const REFERENCE = '\\$\\{(env|credential):|\\{\\{'

/** The JSON Schema of one option's value. */
export function optionSchema(option: OptionDescriptor): JsonSchema {
  return {
    description: option.description,
    ...(option.default === undefined ? {} : { default: option.default }),
    ...valueSchema(option),
  }
}

function valueSchema(option: OptionDescriptor): JsonSchema {
  switch (option.type) {
    case 'integer':
    case 'number':
      return {
        type: [option.type, 'string'],
        pattern: REFERENCE,
        ...(option.minimum === undefined ? {} : { minimum: option.minimum }),
        ...(option.maximum === undefined ? {} : { maximum: option.maximum }),
      }
    case 'boolean':
      return { type: ['boolean', 'string'], pattern: REFERENCE }
    case 'choice':
      return { type: 'string', enum: option.choices ?? [] }
    case 'strings':
    case 'columns':
      return { type: 'array', items: { type: 'string' } }
    case 'table':
      return { type: 'object' }
    case 'json':
      return {}
    default:
      return { type: 'string' }
  }
}

/**
 * The JSON Schema of a table with these keys. `required` is left out where a key may come from elsewhere, such as
 * `[defaults]` or an environment.
 */
export function tableSchema(
  options: readonly OptionDescriptor[],
  more: {
    readonly properties?: Readonly<Record<string, JsonSchema>>
    readonly isOpen?: boolean
    readonly isPartial?: boolean
    readonly description?: string
  } = {},
): JsonSchema {
  const required = options.filter((option) => option.isRequired).map((option) => option.name)
  return {
    type: 'object',
    ...(more.description === undefined ? {} : { description: more.description }),
    properties: {
      ...Object.fromEntries(options.map((option) => [option.name, optionSchema(option)])),
      ...more.properties,
    },
    ...(more.isOpen === true ? {} : { additionalProperties: false }),
    ...(more.isPartial === true || required.length === 0 ? {} : { required }),
  }
}
