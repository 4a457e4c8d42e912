import { Ajv } from 'ajv'
import fc from 'fast-check'
import { expect, it } from 'vitest'

import { checkedFlowSchema } from '../src/flow-schema.ts'
import { projectSchema } from '../src/project-schema.ts'
import { fitsSchema } from '../src/schema-fit.ts'

const FLOW = checkedFlowSchema(
  [
    { name: 'limit', type: 'integer', minimum: 2, maximum: 5, description: '' },
    { name: 'share', type: 'number', minimum: 0, description: '' },
    { name: 'mode', type: 'choice', choices: ['a', 'b'], description: '', isRequired: true },
    { name: 'flag', type: 'boolean', description: '' },
    { name: 'names', type: 'strings', description: '' },
    { name: 'any', type: 'json', description: '' },
    { name: 'more', type: 'table', description: '' },
  ],
  [{ name: 'delimiter', type: 'string', description: '' }],
  [{ name: 'compression', type: 'string', description: '' }],
)

const leaf = fc.constantFrom<unknown>(
  '', 'a', 'b', 'c', '${env:X}', 'string', 'integer', 'change_feed', 0, 1, 2, 5, 6, -1, 1.5, 2n ** 63n,
  true, false, null, [], ['a'], [1], {},
) // prettier-ignore
const key = fc.constantFrom(
  'id', 'name', 'flow_type', 'namespace', 'input', 'columns', 'primary_key', 'schema_type', 'required',
  'precision', 'properties', 'load', 'retention', 'landing_batches', 'limit', 'share', 'mode', 'flag',
  'names', 'any', 'more', 'delimiter', 'source_path', 'project', 'engine', 'config', 'environments',
  'credentials', 'defaults', 'tasks', 'unknown', 'constructor', '__proto__', 'toString',
) // prettier-ignore
const document: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .array(fc.tuple(key, tie('value')), { maxLength: 6 })
      .map((entries) => Object.fromEntries(entries) as unknown),
  ),
})).value

const validatorOf = (schema: object) =>
  new Ajv({ strict: false, validateSchema: false }).compile(schema)

it.each([
  ['a flow', FLOW],
  ['a project', projectSchema()],
])('%s of any form fits exactly if the validator finds nothing', (_what, schema) => {
  const validate = validatorOf(schema)
  fc.assert(
    fc.property(document, (value) => {
      expect(fitsSchema(value, schema)).toBe(validate(value))
    }),
    { numRuns: 2000 },
  )
})

const WHOLE = {
  id: 'orders',
  flow_type: 'change_feed',
  namespace: 'raw',
  input: { primary_key: ['id'], columns: [{ name: 'id', schema_type: 'integer' }] },
  properties: { limit: 3, mode: 'a', load: { delimiter: ';', retention: { landing_batches: 3 } } },
}

/** The table with one key set, in itself or in a table below. */
function patched(
  value: unknown,
  path: readonly number[],
  name: string,
  leafValue: unknown,
): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return leafValue
  const [first, ...rest] = path
  const names = Object.keys(value)
  const inner = names[(first ?? 0) % (names.length + 1)]
  if (first === undefined || inner === undefined) return { ...value, [name]: leafValue }
  const table = value as Readonly<Record<string, unknown>>
  return { ...table, [inner]: patched(table[inner], rest, name, leafValue) }
}

it('a whole flow with a key changed fits exactly if the validator finds nothing', () => {
  const validate = validatorOf(FLOW)
  const seen = new Set<boolean>()
  fc.assert(
    fc.property(fc.array(fc.nat(9), { maxLength: 3 }), key, leaf, (path, name, value) => {
      const changed = patched(WHOLE, path, name, value)
      const fits = fitsSchema(changed, FLOW)
      expect(fits).toBe(validate(changed))
      seen.add(fits)
    }),
    { numRuns: 2000 },
  )
  expect(seen.size).toBe(2)
  expect(fitsSchema(WHOLE, FLOW)).toBe(true)
})

it('what it does not know does not fit', () => {
  expect(fitsSchema('a', { type: 'string' })).toBe(true)
  expect(fitsSchema('a', { type: 'string', maxLength: 3 })).toBe(false)
})
