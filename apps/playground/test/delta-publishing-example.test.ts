import { cp, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { formatValue, rowsOf } from '@qarion/core'
import { createQarion, type Qarion } from '@qarion/sdk'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { ALL_PLUGINS } from '../src/index.ts'

const EXAMPLE = fileURLToPath(new URL('../../../examples/delta-publishing', import.meta.url))

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'qarion-example-'))
  for (const name of ['qarion.toml', 'flows', 'deliveries', 'README.md'])
    await cp(join(EXAMPLE, name), join(directory, name), { recursive: true })
})
afterAll(() => rm(directory, { recursive: true, force: true }))

/** As CSV with a header; no field of the example needs quotes. */
async function show(qarion: Qarion, dataset: string, columns: readonly string[]): Promise<string> {
  const shown = await qarion.show({ dataset: `invoices.${dataset}`, columns })
  const lines = [columns.join(',')]
  for await (const batch of shown.batches) {
    for (const row of rowsOf(batch)) {
      const texts = row.map((value, index) => {
        const column = shown.columns[index]
        return value === null || column === undefined ? '' : formatValue(column.type, value)
      })
      lines.push(texts.join(','))
    }
  }
  return `${lines.join('\n')}\n`
}

it('posts what its README shows', async () => {
  const readme = await readFile(join(directory, 'README.md'), 'utf8')
  const [ledger = '', published = ''] = [...readme.matchAll(/```text\n([\s\S]*?)```/g)].map(
    ([, text]) => text,
  )
  const headerOf = (text: string): string[] => (text.split('\n')[0] as string).split(',')
  const qarion = createQarion({
    projectDirectory: directory,
    discover: false,
    plugins: ALL_PLUGINS,
  })
  try {
    const { status, errors } = await qarion.run()
    expect([status, errors]).toEqual(['succeeded', []])
    expect(await show(qarion, 'delta_transaction', headerOf(ledger))).toBe(ledger)
    expect(await show(qarion, 'published', headerOf(published))).toBe(published)
    await expect(qarion.revert('invoices')).rejects.toMatchObject({ code: 'QRN-RUN-010' })
    const corrected = join(directory, 'deliveries/invoices_2024-05-02.csv')
    const text = await readFile(corrected, 'utf8')
    await writeFile(corrected, text.replace('100.00', '99.00'))
    const later = new Date(Date.now() + 60_000)
    await utimes(corrected, later, later)
    expect((await qarion.run()).errors).toEqual([])
    const amounts = ['xt_batch_id', 'xt_revision', 'xt_transaction_type', 'invoice', 'net']
    expect((await show(qarion, 'delta_transaction', amounts)).split('\n').slice(-3)).toEqual([
      '2,2,restatement,R-1001,99.00',
      '2,2,reversal,R-1001,-100.00',
      '',
    ])
    const before = await show(qarion, 'delta_transaction', amounts)
    expect((await qarion.run({ fullRefresh: true })).errors).toEqual([])
    expect(await show(qarion, 'delta_transaction', amounts)).toBe(before)
  } finally {
    await qarion.close()
  }
})
