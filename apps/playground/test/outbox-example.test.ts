import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { csvOfDataset, openExample } from './example-support.ts'

it('examples/outbox makes and publishes what its README shows', async () => {
  const example = await openExample('outbox')
  const { qarion, shown, directory } = example
  try {
    const [table = '', lines = ''] = shown
    const header = table.slice(0, table.indexOf('\n'))
    expect((await qarion.run()).errors).toEqual([])
    expect(await csvOfDataset(qarion, 'parcel_events.outbox', header)).toBe(table)
    expect(await qarion.publish()).toMatchObject({
      status: 'succeeded',
      flows: [{ published: 6, waiting: 0 }],
    })
    const written = (await readFile(join(directory, 'events/parcels.ndjson'), 'utf8')).split('\n')
    expect(written.filter((line) => line.includes('"subject":"P-100"')).join('\n')).toBe(
      lines.trimEnd(),
    )
    expect(written.length).toBe(6 + 1)
    expect((await qarion.publish()).status).toBe('nothing_to_do')

    await qarion.revert('parcels')
    await qarion.run({ flows: ['parcel_events'] })
    const after = await csvOfDataset(qarion, 'parcel_events.outbox', header)
    expect(after.split('\n').slice(-4, -1)).toEqual([
      '2,com.example.depot.parcel.changed,P-100,3,pending',
      '2,com.example.depot.parcel.reinserted,P-102,3,pending',
      '2,com.example.depot.parcel.deleted,P-103,2,pending',
    ])
  } finally {
    await example.close()
  }
})
