import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { formatValue, rowsOf } from '@qarion/core'
import { createQarion, type Qarion } from '@qarion/sdk'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { ALL_PLUGINS } from '../src/index.ts'

const EXAMPLE = fileURLToPath(new URL('../../../examples/sessionization', import.meta.url))

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'qarion-example-'))
  for (const name of ['qarion.toml', 'flows', 'deliveries', 'README.md'])
    await cp(join(EXAMPLE, name), join(directory, name), { recursive: true })
})
afterAll(() => rm(directory, { recursive: true, force: true }))

/** A dataset as CSV, with the columns that the header names. */
async function csvOf(qarion: Qarion, dataset: string, header: string): Promise<string> {
  const { batches, columns } = await qarion.show({ dataset, columns: header.split(',') })
  const lines = [header]
  for await (const batch of batches)
    for (const row of rowsOf(batch))
      lines.push(
        columns
          .map(({ type }, index) => {
            const value = row[index] ?? null
            return value === null ? '' : formatValue(type, value)
          })
          .join(','),
      )
  return `${lines.join('\n')}\n`
}

it('makes the visits that its README shows', async () => {
  const readme = await readFile(join(directory, 'README.md'), 'utf8')
  const [first = '', second = ''] = [...readme.matchAll(/```text\n([\s\S]*?)```/g)].map(
    ([, text]) => text as string,
  )
  const header = first.slice(0, first.indexOf('\n'))
  const qarion = createQarion({
    projectDirectory: directory,
    discover: false,
    plugins: ALL_PLUGINS,
  })
  try {
    const { status, errors } = await qarion.run()
    expect([status, errors]).toEqual(['succeeded', []])
    expect(await csvOf(qarion, 'visits.sessions', header)).toBe(second)
    await qarion.revert('visits')
    expect(await csvOf(qarion, 'visits.sessions', header)).toBe(first)
  } finally {
    await qarion.close()
  }
})
