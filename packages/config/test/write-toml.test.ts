import * as fc from 'fast-check'
import { assert, expect, test } from 'vitest'

import { type TomlValue, writeToml } from '../src/index.ts'
import { parseFast } from '../src/parse-fast.ts'
import { parseToml } from '../src/parse-toml.ts'
import { createProblemList } from '../src/problem-list.ts'
import { toPlain } from '../src/toml-node.ts'

test('prints a flow as people write it', () => {
  const flow = {
    id: 'orders',
    flow_type: 'change_feed',
    description: undefined,
    input: {
      primary_key: ['id'],
      columns: [
        { name: 'id', schema_type: 'integer', required: true },
        { name: 'zip code', schema_type: 'string' },
      ],
    },
    properties: { max_deleted_fraction: 0.3, load: { source_path: 'in', format: 'csv' } },
  }
  const comments = {
    'input.columns.1': 'leading zeros: kept as text',
    'properties.load': 'Where deliveries come from',
  }
  expect(writeToml(flow, { schemaPath: './flow.schema.json', comments }))
    .toBe(`#:schema ./flow.schema.json

id = "orders"
flow_type = "change_feed"

[input]
primary_key = ["id"]
columns = [
  { name = "id", schema_type = "integer", required = true },
  { name = "zip code", schema_type = "string" }, # leading zeros: kept as text
]

[properties]
max_deleted_fraction = 0.3

# Where deliveries come from
[properties.load]
source_path = "in"
format = "csv"
`)
})

const scalar = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.boolean(),
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
)
const { value } = fc.letrec<{ value: TomlValue }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, scalar, fc.array(tie('value')), table(tie('value'))),
}))

function table(values: fc.Arbitrary<TomlValue>): fc.Arbitrary<Record<string, TomlValue>> {
  return fc.dictionary(
    fc.string({ unit: 'grapheme' }).filter((key) => key !== '__proto__'),
    values,
    { noNullPrototype: true },
  )
}

test('what is written reads back the same, with either parser', () => {
  fc.assert(
    fc.property(table(value), (document) => {
      const problems = createProblemList()
      const source = { file: 'x', text: writeToml(document, { schemaPath: 'x' }), secretRanges: [] }
      const root = parseToml(source, problems)
      expect(problems.errors()).toEqual([])
      expect(root && normal(toPlain(root))).toEqual(normal(document))
      const fast = parseFast(source)
      if (fast !== undefined) assert.deepEqual(toPlain(fast), root && toPlain(root))
    }),
  )
})

/** Whole numbers have one form in TOML, whatever their type here. */
function normal(node: unknown): unknown {
  if (typeof node === 'number') return Number.isInteger(node) ? `${BigInt(node)}` : String(node)
  if (typeof node === 'bigint') return String(node)
  if (Array.isArray(node)) return node.map(normal)
  if (typeof node !== 'object' || node === null) return node
  return Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, normal(inner)]))
}
