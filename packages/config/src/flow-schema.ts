import type { OptionDescriptor } from '@qarion/core'

import {
  COLUMN_KEYS,
  EXPORT_KEYS,
  FLOW_KEYS,
  LOAD_KEYS,
  OPEN_FLOW_KEYS,
  PUBLISH_KEYS,
  RETENTION_KEYS,
  RETRY_KEYS,
  TASK_KEYS,
} from './flow-keys.ts'
import { type JsonSchema, tableSchema } from './option-schema.ts'
import { VARIABLE_KEYS } from './variables.ts'

/** Option tables by flow type and by format read or written, as plugins declare them. */
export interface FlowSchemaOptions {
  readonly flowTypes: Readonly<Record<string, readonly OptionDescriptor[]>>
  readonly formats: Readonly<Record<string, readonly OptionDescriptor[]>>
  /** Formats that are written. */
  readonly exportFormats: Readonly<Record<string, readonly OptionDescriptor[]>>
  readonly publishers?: Readonly<Record<string, readonly OptionDescriptor[]>>
  /** Types of tasks. */
  readonly tasks?: Readonly<Record<string, readonly OptionDescriptor[]>>
}

/**
 * The JSON Schema (draft-07, which editors know) of flow files. Flow types and formats that are not given are
 * admitted with any properties.
 */
export function flowSchema(options: FlowSchemaOptions): JsonSchema {
  const { flowTypes, formats, exportFormats, publishers = {}, tasks = {} } = options
  const tables = {
    load: loadSchema(formats),
    export: exportSchema(exportFormats),
    publish: publishSchema(publishers),
  }
  const cases = Object.entries(flowTypes).map(([flowType, ofType]) => ({
    if: { properties: { flow_type: { const: flowType } }, required: ['flow_type'] },
    then: { properties: { properties: propertiesSchema(ofType, tables) } },
  }))
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Qarion flow',
    ...flowFileSchema(
      {
        type: 'object',
        description: 'Options of the flow type.',
        properties: tables,
      },
      {
        flow_type: knownOrOther(flowTypes, 'What the flow makes of its input.'),
        tasks: tasksSchema(tasks),
      },
    ),
    ...(cases.length === 0 ? {} : { allOf: cases }),
  }
}

/** The schema that one file is checked with: its flow type and format are known. */
export function checkedFlowSchema(
  flowTypeOptions: readonly OptionDescriptor[] | undefined,
  formatOptions: readonly OptionDescriptor[] | undefined,
  exportFormatOptions: readonly OptionDescriptor[] | undefined,
  publisherOptions?: readonly OptionDescriptor[],
): JsonSchema {
  const load = tableSchema(loadKeysOf(formatOptions ?? []), {
    isPartial: true,
    isOpen: formatOptions === undefined,
    properties: { retention: tableSchema(RETENTION_KEYS) },
  })
  const tables = {
    load,
    export: tableSchema(withoutExportKeys(exportFormatOptions ?? []).concat(EXPORT_KEYS), {
      isPartial: true,
      isOpen: exportFormatOptions === undefined,
    }),
    publish: tableSchema(withoutPublishKeys(publisherOptions ?? []).concat(PUBLISH_KEYS), {
      isPartial: true,
      isOpen: publisherOptions === undefined,
      properties: { retry: tableSchema(RETRY_KEYS) },
    }),
  }
  return flowFileSchema(
    flowTypeOptions === undefined
      ? { type: 'object', properties: tables }
      : propertiesSchema(flowTypeOptions, tables),
  )
}

/** The keys of `[properties.load]` for a format: its own, and those of every load that it does not replace. */
export function loadKeysOf(formatOptions: readonly OptionDescriptor[]): OptionDescriptor[] {
  return [...withoutCommon(formatOptions), ...commonKeysOf(formatOptions)]
}

/** Keys of every load that a format does not replace. */
export function commonKeysOf(formatOptions: readonly OptionDescriptor[]): OptionDescriptor[] {
  const replaced = new Set(formatOptions.flatMap(({ insteadOf }) => insteadOf ?? []))
  return LOAD_KEYS.filter(({ name }) => !replaced.has(name))
}

/** Options of a format besides those of every load. */
export function withoutCommon(options: readonly OptionDescriptor[]): OptionDescriptor[] {
  return options.filter(
    ({ name }) => name !== 'retention' && !LOAD_KEYS.some((common) => common.name === name),
  )
}

/** Options of a format besides those of every export. */
export function withoutExportKeys(options: readonly OptionDescriptor[]): OptionDescriptor[] {
  return options.filter(({ name }) => !EXPORT_KEYS.some((common) => common.name === name))
}

/** Options of a publisher besides those of every one. */
export function withoutPublishKeys(options: readonly OptionDescriptor[]): OptionDescriptor[] {
  return options.filter(
    ({ name }) => name !== 'retry' && !PUBLISH_KEYS.some((common) => common.name === name),
  )
}

function flowFileSchema(
  properties: JsonSchema,
  more: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  return tableSchema(FLOW_KEYS, {
    properties: {
      tasks: { type: 'array', items: { type: 'object' }, description: TASKS },
      ...more,
      input: {
        type: 'object',
        description: 'What is delivered.',
        additionalProperties: false,
        properties: {
          source_dataset_id: {
            type: 'string',
            description:
              'Dataset of another flow whose batches are read instead of files, for instance orders.change_feed.',
          },
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
      variables: {
        type: 'object',
        description:
          'Values that a run may be given with --var; {{ name }} in settings, :name in expressions.',
        additionalProperties: tableSchema(VARIABLE_KEYS),
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

const TASKS = 'What a flow of tasks does.'

/** The schema that one of `[[tasks]]` is checked with: what its type and its format take is known. */
export function checkedTaskSchema(options: readonly OptionDescriptor[] | undefined): JsonSchema {
  const settings = tableSchema(options ?? [], { isPartial: true, isOpen: options === undefined })
  return tableSchema(TASK_KEYS, { properties: { properties: settings, config: settings } })
}

function tasksSchema(tasks: NonNullable<FlowSchemaOptions['tasks']>): JsonSchema {
  const cases = Object.entries(tasks).map(([type, options]) => {
    const isOpen = options.some(({ formatOf }) => formatOf !== undefined)
    const settings = tableSchema(options, { isPartial: true, isOpen })
    return {
      if: { properties: { type: { const: type } }, required: ['type'] },
      then: { properties: { properties: settings, config: settings } },
    }
  })
  return {
    type: 'array',
    description: TASKS,
    items: {
      ...tableSchema(TASK_KEYS, {
        properties: {
          type: knownOrOther(tasks, 'What the task does.'),
          properties: { type: 'object', description: 'Settings of the task.' },
          config: { type: 'object', description: 'Settings of the task, as [tasks.properties].' },
        },
      }),
      ...(cases.length === 0 ? {} : { allOf: cases }),
    },
  }
}

function propertiesSchema(
  options: readonly OptionDescriptor[],
  tables: Readonly<Record<'load' | 'export' | 'publish', JsonSchema>>,
): JsonSchema {
  return tableSchema(options, {
    isPartial: true,
    description: 'Options of the flow type.',
    properties: tables,
  })
}

function loadSchema(formats: FlowSchemaOptions['formats']): JsonSchema {
  const cases = Object.entries(formats).map(([format, options]) => ({
    if: { properties: { format: { const: format } }, required: ['format'] },
    then: tableSchema(loadKeysOf(options), {
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

function exportSchema(formats: FlowSchemaOptions['exportFormats']): JsonSchema {
  const cases = Object.entries(formats).map(([format, options]) => ({
    if: { properties: { format: { const: format } }, required: ['format'] },
    then: tableSchema(withoutExportKeys(options).concat(EXPORT_KEYS), {
      isPartial: true,
      properties: { format: { type: 'string' } },
    }),
  }))
  return {
    ...tableSchema(EXPORT_KEYS, {
      isOpen: true,
      description: 'Which rows of which dataset become which files.',
      properties: { format: knownOrOther(formats, 'Format of the files.') },
    }),
    ...(cases.length === 0 ? {} : { allOf: cases }),
  }
}

function publishSchema(publishers: NonNullable<FlowSchemaOptions['publishers']>): JsonSchema {
  const retry = tableSchema(RETRY_KEYS)
  const cases = Object.entries(publishers).map(([publisher, options]) => ({
    if: { properties: { publisher: { const: publisher } }, required: ['publisher'] },
    then: tableSchema(withoutPublishKeys(options).concat(PUBLISH_KEYS), {
      isPartial: true,
      properties: { publisher: { type: 'string' }, retry },
    }),
  }))
  return {
    ...tableSchema(PUBLISH_KEYS, {
      isOpen: true,
      description: 'Who gets the events of an outbox.',
      properties: { publisher: knownOrOther(publishers, 'What delivers the events.'), retry },
    }),
    ...(cases.length === 0 ? {} : { allOf: cases }),
  }
}

function knownOrOther(known: Readonly<Record<string, unknown>>, description: string): JsonSchema {
  const names = Object.keys(known)
  if (names.length === 0) return { type: 'string', description }
  return { description, anyOf: [{ enum: names }, { type: 'string' }] }
}
