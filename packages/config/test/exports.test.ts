import type { DatasetReference, FlowDefinition } from '@qarion/core'
import { expect, test } from 'vitest'

import { definitionDocument } from '../src/index.ts'
import { DATASETS, FLOW, FLOW_TYPES, failure, load, PROJECT, READER, summary } from './support.ts'

const EXPORT = `id = "out"
flow_type = "reader"
namespace = "raw"

[properties.export]
source_dataset_id = "orders.change_feed"
file_path = "exports/orders_{batch_id}.csv"
format = "csv"
`

const reader = (id: string, reads: string): string =>
  `id = "${id}"\nflow_type = "reader"\nnamespace = "raw"\n\n[properties]\nreads = "${reads}"\n`

const TYPES = { ...FLOW_TYPES, reader: READER }

const flowTypes = {
  ids: Object.keys(TYPES),
  options: (id: string) => TYPES[id as keyof typeof TYPES],
  sources: ({ export: exported, properties }: FlowDefinition): readonly DatasetReference[] => {
    if (exported !== undefined)
      return [
        {
          dataset: exported.sourceDatasetId,
          path: ['properties', 'export', 'source_dataset_id'],
        },
      ]
    const { reads } = properties
    return typeof reads === 'string' ? [{ dataset: reads, path: ['properties', 'reads'] }] : []
  },
  datasets: ({ flowType }: FlowDefinition) => (flowType === 'reader' ? ['files'] : DATASETS),
}

const files = (flows: Readonly<Record<string, string>>): Record<string, string> => ({
  'qarion.toml': PROJECT,
  ...Object.fromEntries(Object.entries(flows).map(([name, text]) => [`flows/${name}.toml`, text])),
})

test('[properties.export] is checked, resolved and part of the stored definition', async () => {
  const { flows } = await load(files({ a: EXPORT, b: FLOW }), { flowTypes })
  const [first, second] = flows
  expect(first?.id).toBe('orders')
  expect(second?.export).toEqual({
    sourceDatasetId: 'orders.change_feed',
    filePath: 'exports/orders_{batch_id}.csv',
    exportMode: 'full',
    format: 'csv',
    partitionBy: [],
    onExisting: 'fail',
    options: { delimiter: ',' },
  })
  expect(JSON.parse(definitionDocument(second as FlowDefinition))).toMatchObject({
    'export.file_path': 'exports/orders_{batch_id}.csv',
    'export.export_mode': 'full',
    'export.delimiter': ',',
  })
})

test.each<[string, string, string]>([
  ['an unknown format', EXPORT.replace('"csv"', '"avro"'), 'QRN-CONFIG-011 flows/a.toml:8:10'],
  ['an unknown key', `${EXPORT}delimitter = ";"\n`, 'QRN-CONFIG-007 flows/a.toml:9:1'],
  ['a mode that is none', `${EXPORT}export_mode = "delta"\n`, 'QRN-CONFIG-010 flows/a.toml:9:15'],
  ['a way out', EXPORT.replace('exports/', '../'), 'QRN-CONFIG-021 flows/a.toml:7:13'],
  ['an address', EXPORT.replace('exports/', 's3://b/'), 'QRN-CONFIG-021 flows/a.toml:7:13'],
  [
    'an unknown dataset',
    EXPORT.replace('change_feed', 'changes'),
    'QRN-CONFIG-029 flows/a.toml:6:21',
  ],
  ['an unknown flow', EXPORT.replace('orders.', 'order.'), 'QRN-CONFIG-029 flows/a.toml:6:21'],
])('%s has a place', async (_, text, expected) => {
  expect(summary(await failure(files({ a: text, b: FLOW }), { flowTypes }))).toEqual([expected])
})

test('the nearest name is told, of datasets and of flows', async () => {
  const hintOf = async (text: string): Promise<string | undefined> =>
    (await failure(files({ a: text, b: FLOW }), { flowTypes })).problems[0]?.hint
  expect(await hintOf(EXPORT.replace('change_feed', 'changefeed'))).toBe(
    'Did you mean `orders.change_feed`?',
  )
  expect(await hintOf(EXPORT.replace('orders.', 'order.'))).toBe('Did you mean `orders`?')
})

test('flows stand after those they read, else in the order of files', async () => {
  const { flows } = await load(
    files({
      a: reader('last', 'middle.files'),
      b: reader('middle', 'orders.current'),
      c: FLOW,
      d: reader('other', 'orders.rejects'),
    }),
    { flowTypes },
  )
  expect(flows.map(({ id }) => id)).toEqual(['orders', 'middle', 'last', 'other'])
})

test('a circle is told for each of its flows, and not for those that only read it', async () => {
  const error = await failure(
    files({
      a: reader('one', 'two.files'),
      b: reader('two', 'three.files'),
      c: reader('three', 'one.files'),
      d: reader('outside', 'one.files'),
      e: reader('self', 'self.files'),
    }),
    { flowTypes },
  )
  expect(summary(error)).toEqual(
    ['a', 'b', 'c', 'e'].map((name) => `QRN-CONFIG-030 flows/${name}.toml:6:9`),
  )
})
