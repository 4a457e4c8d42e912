import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { csvOfDataset, openExample, type Example } from './example-support.ts'

async function succeeds(
  { qarion }: Example,
  ...[request]: Parameters<Example['qarion']['run']>
): Promise<void> {
  const { status, errors } = await qarion.run(request)
  expect([status, errors]).toEqual(['succeeded', []])
}

const RESULTS = 'xt_batch_id,task,status,branch'

it('examples/standard gives what its README shows', async () => {
  const example = await openExample('standard', ['reference', 'scripts'])
  const { qarion, shown, directory } = example
  try {
    const [, first, totals, second] = shown
    await succeeds(example)
    expect(await csvOfDataset(qarion, 'report.results', RESULTS)).toBe(first)
    expect(await csvOfDataset(qarion, 'report.totals', 'region,orders,largest')).toBe(totals)
    expect(await csvOfDataset(qarion, 'report.results', 'value')).toContain(
      '{"note":"reports/20241104_totals.csv has 3 regions, one with an order above 1000"}',
    )
    await succeeds(example, { flows: ['report'], variables: { large: '5000' } })
    expect(await csvOfDataset(qarion, 'report.results', RESULTS)).toBe(second)
    expect(await readFile(join(directory, 'shared/20241104_totals.csv'), 'utf8')).toBe(totals)
  } finally {
    await example.close()
  }
})

it('examples/orchestrator gives what its README shows', async () => {
  const example = await openExample('orchestrator')
  const { qarion, shown, directory } = example
  try {
    const [first, list, second] = shown
    await succeeds(example)
    expect(await csvOfDataset(qarion, 'night.results', RESULTS)).toBe(first)
    expect(await readFile(join(directory, 'exports/reorder_1.csv'), 'utf8')).toBe(list)
    await succeeds(example, { flows: ['night'], variables: { least: '2' } })
    expect(await csvOfDataset(qarion, 'night.results', RESULTS)).toBe(second)
  } finally {
    await example.close()
  }
})
