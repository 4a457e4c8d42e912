import { formatType } from '@qarion/core'

import { createBaseDialect, type Dialect } from '../src/index.ts'

/** Standard SQL with the types' own names: what the compiler does, without any engine's habits. */
export const fakeDialect: Dialect = createBaseDialect({
  name: 'fake',
  storedType: (type) => formatType(type).toUpperCase(),
  fail: (code) => `FAIL('${code}')`,
})
