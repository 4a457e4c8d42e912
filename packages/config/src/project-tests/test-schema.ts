import type { OptionDescriptor } from '@qarion/core'

import { tableSchema, type JsonSchema } from '../option-schema.ts'

/** Keys of a test file, besides its deliveries. */
export const TEST_KEYS: readonly OptionDescriptor[] = [
  { name: 'description', type: 'string', description: 'What the test shows.' },
  {
    name: 'flow',
    type: 'string',
    description: 'The flow that gets the deliveries, unless they say another.',
  },
]

/** Keys of `[[deliveries]]`. */
export const DELIVERY_KEYS: readonly OptionDescriptor[] = [
  { name: 'flow', type: 'string', description: 'The flow that gets it.' },
  {
    name: 'time',
    type: 'string',
    description: 'Its batch time; a day after the delivery before, from 2024-01-01 on, if absent.',
  },
  {
    name: 'csv',
    type: 'string',
    description: 'The rows as CSV with a header, as `qarion show --format csv` prints them.',
  },
  { name: 'file', type: 'string', description: 'A CSV file with the rows, beside the test file.' },
  {
    name: 'accept',
    type: 'strings',
    description: 'Guards that are let through, for instance mass_delete.',
  },
  { name: 'fails', type: 'string', description: 'The code with which the run has to fail.' },
]

/** Keys of `[[deliveries.expect]]`. */
export const EXPECT_KEYS: readonly OptionDescriptor[] = [
  {
    name: 'dataset',
    type: 'string',
    description: '`orders.change_feed`, or `change_feed` of the flow that got the delivery.',
    isRequired: true,
  },
  { name: 'batch', type: 'integer', description: 'Only rows of this batch.', minimum: 1 },
  { name: 'where', type: 'string', description: 'Only rows for which this is true.' },
  {
    name: 'csv',
    type: 'string',
    description: 'The rows as CSV; its header says which columns are compared.',
  },
  { name: 'file', type: 'string', description: 'A CSV file with the rows, beside the test file.' },
]

/** The JSON Schema (draft-07, which editors know) of tests/*.toml. */
export function testSchema(): JsonSchema {
  const expect = tableSchema(EXPECT_KEYS, { description: 'Rows that a dataset has then.' })
  const delivery = tableSchema(DELIVERY_KEYS, {
    description: 'A delivery, and what comes of it.',
    properties: { expect: { type: 'array', items: expect } },
  })
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'tests/*.toml',
    ...tableSchema(TEST_KEYS, {
      description: 'Deliveries one after the other, and the rows that are expected after each.',
      properties: {
        deliveries: {
          type: 'array',
          items: delivery,
          description: 'In the order in which they arrive.',
        },
      },
    }),
    required: ['deliveries'],
  }
}
