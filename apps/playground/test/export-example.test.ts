import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { createQarion } from '@qarion/sdk'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { ALL_PLUGINS } from '../src/index.ts'
import { exportedFiles } from './export-support.ts'

const EXAMPLE = fileURLToPath(new URL('../../../examples/export', import.meta.url))

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'qarion-example-'))
  for (const name of ['qarion.toml', 'flows', 'deliveries', 'README.md'])
    await cp(join(EXAMPLE, name), join(directory, name), { recursive: true })
})
afterAll(() => rm(directory, { recursive: true, force: true }))

it('writes what its README shows', async () => {
  const readme = await readFile(join(directory, 'README.md'), 'utf8')
  const [names = '', changes = ''] = [...readme.matchAll(/```text\n([\s\S]*?)```/g)].map(
    ([, text]) => text,
  )
  const qarion = createQarion({
    projectDirectory: directory,
    discover: false,
    plugins: ALL_PLUGINS,
  })
  try {
    const { status, errors } = await qarion.run()
    expect([status, errors]).toEqual(['succeeded', []])
    const files = await exportedFiles({ directory })
    expect(files.map((name) => `exports/${name}`)).toEqual(names.trimEnd().split('\n'))
    const changed = join(directory, 'exports/changes/orders_2024-05-02.csv')
    expect(await readFile(changed, 'utf8')).toBe(changes)
    const eu = join(directory, 'exports/orders/region=EU/orders.jsonl')
    expect(await readFile(eu, 'utf8')).toBe('{"order_id":1,"region":"EU","amount":"12.00"}\n')
    expect((await qarion.run()).status).toBe('nothing_to_do')
  } finally {
    await qarion.close()
  }
})
