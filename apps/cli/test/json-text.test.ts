import { expect, it } from 'vitest'

import { toJsonText } from '../src/documents/json-text.ts'

it('integers beyond 2^53 are strings anywhere in a document', () => {
  expect(toJsonText({ data: { count: 5n, total: -(2n ** 60n) } })).toBe(
    '{"data":{"count":5,"total":"-1152921504606846976"}}',
  )
})
