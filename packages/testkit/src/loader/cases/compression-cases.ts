import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { gzipSync, zstdCompressSync } from 'node:zlib'

import { DataTypes } from '@qarion/core'

import { expectError, expectRows } from '../../suite/expect.ts'
import { inputColumn, NO_SIGNAL, type LoaderTrial } from '../loader-trial.ts'

type Compress = (bytes: Uint8Array) => Buffer

const COMPRESS: Readonly<Record<'gzip' | 'zstd', Compress>> = {
  gzip: (bytes) => gzipSync(bytes),
  zstd: (bytes) => zstdCompressSync(bytes),
}

const names = ['id', 'label']
const columns = [
  inputColumn('id', DataTypes.integer, { required: true }),
  inputColumn('label', DataTypes.string),
]

function* manyRows(): Generator<readonly string[]> {
  for (let index = 0; index < 25_001; index += 1)
    yield [index === 20_000 ? 'bad' : String(index), `row ${(index * 7919) % 10_007}`]
}

/** Writes `rows` and puts what `change` makes of the file in its place, under the same name. */
async function writeChanged(
  trial: LoaderTrial,
  rows: Iterable<readonly string[]>,
  change: (content: Buffer) => Uint8Array,
): Promise<Uint8Array> {
  const path = await trial.write('one', { columns: names, rows })
  const bytes = change(await readFile(path))
  await writeFile(path, bytes)
  return bytes
}

async function refused(
  trial: LoaderTrial,
  change: (content: Buffer) => Uint8Array,
): Promise<string> {
  await writeChanged(trial, manyRows(), change)
  const loader = await trial.loader()
  const file = await trial.onlyFile(loader)
  const error = await expectError(() => loader.scan(file, columns, NO_SIGNAL), { reason: 'data' })
  assert.match(error.place?.file ?? '', /one/)
  assert.ok((error.hint ?? '').length > 0, 'there is a hint')
  return error.message
}

function casesOf(
  kind: keyof typeof COMPRESS,
  compress: Compress,
): Readonly<Record<string, (trial: LoaderTrial) => Promise<void>>> {
  return {
    [`compression/${kind}, known by the bytes`]: async (trial) => {
      const bytes = await writeChanged(trial, manyRows(), compress)
      const { scan, rows, rejects } = await trial.readOne(columns)
      assert.equal(scan.contentHash, createHash('sha256').update(bytes).digest('hex'))
      assert.equal(scan.settings['compression'], kind)
      assert.equal(rows.length, 25_000)
      expectRows(rows.slice(0, 2), [[0n, 'row 0'], [1n, 'row 7919']]) // prettier-ignore
      assert.deepEqual(
        rejects.map(({ line }) => line),
        [trial.format.lineOf(20_000)],
      )
    },
    [`compression/${kind} of several parts`]: async (trial) => {
      await writeChanged(trial, manyRows(), (content) => {
        const cuts = [0, 5, 50_001, content.length]
        return Buffer.concat(
          cuts.slice(1).map((cut, index) => compress(content.subarray(cuts[index], cut))),
        )
      })
      assert.equal((await trial.readOne(columns)).rows.length, 25_000)
    },
    [`compression/${kind} that is cut off`]: async (trial) => {
      const message = await refused(trial, (content) => {
        const whole = compress(content)
        return whole.subarray(0, whole.length >> 1)
      })
      assert.match(message, /byte \d+/)
    },
    [`compression/${kind} with something after it`]: async (trial) => {
      await refused(trial, (content) => Buffer.concat([compress(content), Buffer.alloc(512)]))
    },
  }
}

type CompressionCaseName =
  `compression/${keyof typeof COMPRESS}${', known by the bytes' | ' of several parts' | ' that is cut off' | ' with something after it'}`

/** Files that are compressed as a whole, for formats that may be. */
export const COMPRESSION_CASES = Object.fromEntries(
  Object.entries(COMPRESS).flatMap(([kind, compress]) =>
    Object.entries(casesOf(kind as keyof typeof COMPRESS, compress)),
  ),
) as Readonly<Record<CompressionCaseName, (trial: LoaderTrial) => Promise<void>>>
