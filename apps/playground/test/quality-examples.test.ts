import { cp } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { csvOfDataset, openExample } from './example-support.ts'

const headerOf = (text: string): string => text.slice(0, text.indexOf('\n'))

it('examples/error-parking keeps what its README shows', async () => {
  const example = await openExample('error-parking')
  const { qarion, shown } = example
  try {
    const [afterFirst = '', parked = '', target = ''] = shown
    const header = headerOf(parked)
    expect((await qarion.run()).errors).toEqual([])
    expect(await csvOfDataset(qarion, 'readings.error_parking', header)).toBe(parked)
    expect(await csvOfDataset(qarion, 'readings.target', header)).toBe(target)
    await qarion.revert('readings')
    expect(await csvOfDataset(qarion, 'readings.error_parking', header)).toBe(afterFirst)
    await qarion.run()
    expect(await csvOfDataset(qarion, 'readings.target', header)).toBe(target)
  } finally {
    await example.close()
  }
})

it('examples/quality-check finds what its README shows', async () => {
  const example = await openExample('quality-check', ['later'])
  const { qarion, shown, directory } = example
  const show = (dataset: string, header: string): Promise<string> =>
    csvOfDataset(qarion, dataset, header)
  try {
    const [results = '', failures = '', later = ''] = shown
    expect((await qarion.run()).status).toBe('succeeded')
    expect(await show('quality.results', headerOf(results))).toBe(results)
    expect(await show('quality.failures', headerOf(failures))).toBe(failures)

    await cp(join(directory, 'later'), join(directory, 'deliveries'), { recursive: true })
    const { status, errors } = await qarion.run()
    expect([status, errors.map(({ error }) => error.code)]).toEqual(['partial', ['QRN-CHECK-101']])
    const [header, ...rows] = (await show('quality.failures', headerOf(failures))).split('\n')
    expect([header, ...rows.slice(3)].join('\n')).toBe(later)
  } finally {
    await example.close()
  }
})
