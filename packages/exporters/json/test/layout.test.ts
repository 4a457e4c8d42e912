import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { DataTypes, decimalType, type Column, type ResolvedOptions, type Row } from '@qarion/core'
import { createJsonExporter } from '@qarion/exporter-json'
import { sourceOf } from '@qarion/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'

const columns: readonly Column[] = [
  { name: 'id', type: DataTypes.integer, required: true },
  { name: 'amount', type: decimalType(9, 2), required: false },
  { name: 'note', type: DataTypes.string, required: false },
]
const rows: readonly Row[] = [
  [1n, 150n, 'é "x"'],
  [2n ** 53n, null, ''],
]

async function exported(options: ResolvedOptions, given: readonly Row[] = rows): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'qarion-json-export-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const exporter = createJsonExporter(options)
  const { path } = await exporter.write({
    path: join(directory, `out.${exporter.extension}`),
    columns,
    batches: sourceOf(columns, given, 1).batches(),
    signal: new AbortController().signal,
  })
  return readFile(path, 'utf8')
}

describe('the bytes of a file', () => {
  const first = '{"id":1,"amount":"1.50","note":"é \\"x\\""}'
  const second = '{"id":"9007199254740992","amount":null,"note":""}'

  it('an array is laid out as show prints it', async () => {
    expect(await exported({})).toBe(`[\n${first},\n${second}\n]\n`)
    expect(await exported({}, [])).toBe('[]\n')
  })

  it('lines', async () => {
    expect(await exported({ layout: 'lines' })).toBe(`${first}\n${second}\n`)
    expect(await exported({ layout: 'lines' }, [])).toBe('')
  })

  it('exact numbers', async () => {
    expect(await exported({ layout: 'lines', numbers: 'exact' })).toBe(
      '{"id":1,"amount":1.50,"note":"é \\"x\\""}\n{"id":9007199254740992,"amount":null,"note":""}\n',
    )
  })
})

it.each([
  [{}, 'json'],
  [{ layout: 'lines' }, 'ndjson'],
  [{ layout: 'lines', compression: 'gzip' }, 'ndjson.gz'],
  [{ compression: 'zstd' }, 'json.zst'],
])('%j gives files the ending %s', (options, extension) => {
  expect(createJsonExporter(options).extension).toBe(extension)
})
