import { createSecret, type FlowDefinition } from '@qarion/core'
import { expect, test } from 'vitest'

import { changedParts, definitionDocument, fingerprintDefinition } from '../src/index.ts'
import { FLOW, load, PROJECT } from './support.ts'

async function flow(change: (text: string) => string = (text) => text): Promise<FlowDefinition> {
  const { flows } = await load({ 'qarion.toml': PROJECT, 'flows/a.toml': change(FLOW) })
  const [only] = flows
  if (only === undefined) throw new Error('there is no flow')
  return only
}

test('the same definition, the same document, wherever the project and whatever the order of keys', async () => {
  const [one, two] = [
    await flow(),
    await flow((text) =>
      text.replace(
        'id = "orders"\nflow_type = "change_feed"',
        'flow_type = "change_feed"\nid = "orders"',
      ),
    ),
  ]
  expect(definitionDocument(one)).toBe(definitionDocument(two))
  expect(fingerprintDefinition(one).hash).toMatch(/^[0-9a-f]{64}$/)
  const keys = Object.keys(JSON.parse(definitionDocument(one)) as object)
  expect(keys).toEqual(keys.toSorted())
})

test('changes are told by the names of the file', async () => {
  const before = definitionDocument(await flow())
  const after = definitionDocument(
    await flow((text) =>
      text
        .replace('["order_id"]', '["order_id", "amount"]')
        .replace('scale = 2', 'scale = 3')
        .replace('format =', 'min_age = "5s"\nformat =')
        .replace('[properties.load]', '[properties]\ninclude_unchanged = true\n[properties.load]')
        .replace('scale = 3 },', 'scale = 3 },\n  { name = "new", schema_type = "json" },'),
    ),
  )
  expect(changedParts(before, after).map((change) => change.part)).toEqual([
    'input.column_order',
    'input.columns.amount',
    'input.columns.new',
    'input.primary_key',
    'load.min_age',
    'properties.include_unchanged',
  ])
  expect(changedParts(before, after)[4]).toEqual({
    part: 'load.min_age',
    before: '0',
    after: '5000',
  })
  expect(changedParts(before, after)[2]?.before).toBeUndefined()
  expect(changedParts(before, before)).toEqual([])
})

test('big integers and secrets', async () => {
  const definition = await flow()
  const properties = { big: 2n ** 63n, secret: createSecret('hunter2') }
  const document = definitionDocument({ ...definition, properties })
  expect(document).toContain('"properties.big":{"integer":"9223372036854775808"}')
  expect(document).toContain('"properties.secret":"***"')
  expect(document).not.toContain('hunter2')
})
