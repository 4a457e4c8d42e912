import type { OptionDescriptor } from '@qarion/core'

import { COLUMN_KEYS, FLOW_KEYS, LOAD_KEYS, OPEN_FLOW_KEYS, RETENTION_KEYS } from './flow-keys.ts'
import { type JsonSchema, tableSchema } from './option-schema.ts'

/** Option tables by flow type and by format, as plugins declare them. */
export interface FlowSchemaOptions {
  readonly flowTypes: Readonly<Record<string, readonly OptionDescriptor[]>>
  readonly formats: Readonly<Record<string, readonly OptionDescriptor[]>>
}

/**
 * The JSON Schema (draft-07, which editors know) of flow files. Flow types and formats that are not given are
 * admitted with any properties.
 */
export function flowSchema({ flowTypes, formats }: FlowSchemaOptions): JsonSchema {
  const cases = Object.entries(flowTypes).map(([flowType, options]) => ({
    if: { properties: { flow_type: { const: flowType } }, required: ['flow_type'] },
    then: { properties: { properties: propertiesSchema(options, loadSchema(formats)) } },
  }))
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Qarion flow',
    ...flowFileSchema(
      {
        type: 'object',
        description: 'Options of the flow type.',
        properties: { load: loadSchema(formats) },
      },
      { flow_type: knownOrOther(flowTypes, 'What the flow makes of its input.') },
    ),
    ...(cases.length === 0 ? {} : { allOf: cases }),
  }
}

/** The schema that one file is checked with: its flow type and format are known. */
export function checkedFlowSchema(
  flowTypeOptions: readonly OptionDescriptor[] | undefined,
  formatOptions: readonly OptionDescriptor[] | undefined,
): JsonSchema {
  const load = tableSchema(withoutCommon(formatOptions ?? []).concat(LOAD_KEYS), {
    isPartial: true,
    isOpen: formatOptions === undefined,
    properties: { retention: tableSchema(RETENTION_KEYS) },
  })
  return flowFileSchema(
    flowTypeOptions === undefined
      ? { type: 'object', properties: { load } }
      : propertiesSchema(flowTypeOptions, load),
  )
}

/** Options of a format besides those of every load. */
export function withoutCommon(options: readonly OptionDescriptor[]): OptionDescriptor[] {
  return options.filter(
    ({ name }) => name !== 'retention' && !LOAD_KEYS.some((common) => common.name === name),
  )
}

function flowFileSchema(
  properties: JsonSchema,
  more: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  return tableSchema(FLOW_KEYS, {
    properties: {
      ...more,
      input: {
        type: 'object',
        description: 'What is delivered.',
        additionalProperties: false,
        properties: {
          primary_key: {
            type: 'array',
            items: { type: 'string' },
            description: 'Columns that identify a row.',
          },
          columns: {
            type: 'array',
            items: tableSchema(COLUMN_KEYS),
            description: 'The columns of a delivery, in order.',
          },
        },
      },
      properties,
      ...Object.fromEntries(
        Object.entries(OPEN_FLOW_KEYS).map(([key, description]) => [
          key,
          { type: 'array', items: { type: 'object' }, description },
        ]),
      ),
    },
  })
}

function propertiesSchema(options: readonly OptionDescriptor[], load: JsonSchema): JsonSchema {
  return tableSchema(options, {
    isPartial: true,
    description: 'Options of the flow type.',
    properties: { load },
  })
}

function loadSchema(formats: FlowSchemaOptions['formats']): JsonSchema {
  const cases = Object.entries(formats).map(([format, options]) => ({
    if: { properties: { format: { const: format } }, required: ['format'] },
    then: tableSchema(withoutCommon(options).concat(LOAD_KEYS), {
      isPartial: true,
      properties: { format: { type: 'string' }, retention: tableSchema(RETENTION_KEYS) },
    }),
  }))
  return {
    ...tableSchema(LOAD_KEYS, {
      isPartial: true,
      isOpen: true,
      description: 'Where deliveries come from and what makes a batch of them.',
      properties: {
        format: knownOrOther(formats, 'Format of the files.'),
        retention: tableSchema(RETENTION_KEYS),
      },
    }),
    ...(cases.length === 0 ? {} : { allOf: cases }),
  }
}

function knownOrOther(known: Readonly<Record<string, unknown>>, description: string): JsonSchema {
  const names = Object.keys(known)
  if (names.length === 0) return { type: 'string', description }
  return { description, anyOf: [{ enum: names }, { type: 'string' }] }
}
