import { LOAD_KEYS, RETENTION_KEYS } from './flow-keys.ts'
import { type JsonSchema, tableSchema } from './option-schema.ts'
import {
  CREDENTIAL_KEYS,
  CREDENTIAL_STORE_KEYS,
  ENGINE_KEYS,
  KEYS_WITHOUT_EFFECT,
  PROJECT_KEYS,
  TOP_LEVEL_KEYS,
} from './project-keys.ts'

/** The JSON Schema (draft-07, which editors know) of qarion.toml. */
export function projectSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'qarion.toml',
    ...tableSchema(TOP_LEVEL_KEYS, {
      description: 'A Qarion project.',
      properties: {
        ...tables(false),
        environments: {
          type: 'object',
          description: 'Tables that replace or complete those above when chosen with --env.',
          additionalProperties: tableSchema(TOP_LEVEL_KEYS, {
            isPartial: true,
            properties: tables(true),
          }),
        },
        ...Object.fromEntries(
          Object.entries(KEYS_WITHOUT_EFFECT).map(([key, why]) => [
            key,
            { description: `Not used. ${why}` },
          ]),
        ),
      },
    }),
    required: ['project'],
  }
}

function tables(isPartial: boolean): Record<string, JsonSchema> {
  return {
    project: tableSchema(PROJECT_KEYS, { isPartial, description: 'The project.' }),
    engine: tableSchema(ENGINE_KEYS, {
      description: 'Where the data lives and is transformed.',
    }),
    connections: {
      type: 'object',
      description: 'Databases that flows read from, by name.',
      additionalProperties: tableSchema(ENGINE_KEYS),
    },
    metadata_engine: tableSchema(ENGINE_KEYS, {
      description: 'Where metadata lives, if not in the engine.',
    }),
    credential_store: tableSchema(CREDENTIAL_STORE_KEYS, {
      description: 'Where secrets are kept.',
    }),
    credentials: {
      type: 'array',
      description: 'What is known of credentials without their secrets.',
      items: tableSchema(CREDENTIAL_KEYS, { isOpen: true }),
    },
    defaults: tableSchema(LOAD_KEYS, {
      description: 'Values for [properties.load] of every flow that does not state them.',
      isOpen: true,
      isPartial: true,
      properties: { retention: tableSchema(RETENTION_KEYS) },
    }),
  }
}
