import { expect, it } from 'vitest'

import { csvOfDataset, openExample } from './example-support.ts'

it.each([
  ['sessionization', 'visits', 'visits.sessions'],
  ['growth-accounting', 'growth', 'growth.summary'],
  ['scd2', 'customers', 'customers.dimension'],
])('examples/%s gives what its README shows', async (name, flow, dataset) => {
  const example = await openExample(name)
  const { qarion, shown } = example
  try {
    const [first = '', second = ''] = shown
    const header = first.slice(0, first.indexOf('\n'))
    const { status, errors } = await qarion.run()
    expect([status, errors]).toEqual(['succeeded', []])
    expect(await csvOfDataset(qarion, dataset, header)).toBe(second)
    await qarion.revert(flow)
    expect(await csvOfDataset(qarion, dataset, header)).toBe(first)
  } finally {
    await example.close()
  }
})
