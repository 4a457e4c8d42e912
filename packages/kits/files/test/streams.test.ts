import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'

import type { ColumnBatch, ExportRequest } from '@qarion/core'
import { describe, expect, it } from 'vitest'

import {
  classifyFileError,
  compressContent,
  readChunks,
  writeExport,
  writeFileAtomically,
  type ReadChunksOptions,
  type WriteCompression,
} from '../src/index.ts'
import { errorOf, temporaryFolder } from './support.ts'

async function collect(path: string, options?: ReadChunksOptions): Promise<Buffer[]> {
  const chunks: Buffer[] = []
  for await (const chunk of readChunks(path, options)) chunks.push(Buffer.from(chunk))
  return chunks
}

describe('readChunks', () => {
  const content = Buffer.from('0123456789'.repeat(1000))

  it.each([1, 7, 10_000, 20_000])('reads a file in chunks of %i bytes', async (chunkBytes) => {
    const path = join(await temporaryFolder(), 'a')
    await writeFile(path, content)
    const chunks = await collect(path, { chunkBytes })
    expect(Buffer.concat(chunks).equals(content)).toBe(true)
    expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(chunkBytes)
  })

  it('stops when aborted, and closes when left early', async () => {
    const path = join(await temporaryFolder(), 'a')
    await writeFile(path, content)
    const error = await errorOf(collect(path, { signal: AbortSignal.abort() }))
    expect([error.code, error.reason]).toEqual(['QRN-FILE-014', 'interrupted'])
    for await (const chunk of readChunks(path, { chunkBytes: 10 })) {
      expect(chunk).toHaveLength(10)
      break
    }
  })

  it('names what is missing or a folder', async () => {
    const folder = await temporaryFolder()
    expect((await errorOf(collect(join(folder, 'nope')))).code).toBe('QRN-FILE-002')
    expect((await errorOf(collect(folder))).code).toBe('QRN-FILE-004')
    expect((await errorOf(collect(join(folder, 'nope.gz')))).code).toBe('QRN-FILE-002')
  })
})

async function* broken(): AsyncGenerator<string> {
  yield 'half'
  await Promise.resolve()
  throw new Error('source broke')
}

describe('writeFileAtomically', () => {
  it('writes whole files with size and hash, making folders', async () => {
    const path = join(await temporaryFolder(), 'deep/er/a.csv')
    const written = await writeFileAtomically(path, ['a;', Buffer.from('ä\n')])
    expect(await readFile(path, 'utf8')).toBe('a;ä\n')
    expect(written).toEqual({
      sizeBytes: 5,
      contentHash: createHash('sha256').update('a;ä\n').digest('hex'),
    })
    expect(await readdir(join(path, '..'))).toEqual(['a.csv'])
  })

  it('leaves the old file and nothing else when the content fails', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, 'a.csv')
    await writeFile(path, 'old')
    expect((await errorOf(writeFileAtomically(path, broken()))).code).toBe('QRN-FILE-008')
    expect(await readFile(path, 'utf8')).toBe('old')
    expect(await readdir(folder)).toEqual(['a.csv'])
  })

  it('reports a target that is a folder, and a full device', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'a'))
    expect((await errorOf(writeFileAtomically(join(folder, 'a'), ['x']))).code).toBe('QRN-FILE-004')
    await chmod(folder, 0o755)
    expect(await readdir(folder)).toEqual(['a'])
  })

  it('reports what goes through a file, before anything is made', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'a'), 'x')
    for (const name of ['a/b', 'a/b/c'])
      expect((await errorOf(writeFileAtomically(join(folder, name), ['x']))).code).toBe(
        'QRN-FILE-004',
      )
    expect(await readdir(folder)).toEqual(['a'])
  })

  it('is interrupted for whatever reason', async () => {
    const folder = await temporaryFolder()
    for (const reason of [undefined, new Error('enough'), 'enough']) {
      const controller = new AbortController()
      const content = function* (): Generator<string> {
        yield 'a'
        controller.abort(reason)
        yield 'b'
      }
      const options = { signal: controller.signal }
      const error = await errorOf(writeFileAtomically(join(folder, 'a'), content(), options))
      expect([error.code, error.reason]).toEqual(['QRN-FILE-014', 'interrupted'])
    }
    expect(await readdir(folder)).toEqual([])
  })

  it.skipIf(process.platform === 'win32')('leaves nothing where there is no room', async () => {
    const folder = await temporaryFolder()
    const script = join(import.meta.dirname, 'fixtures', 'write-large.ts')
    // The shell's limit of file sizes stands for a device that is full.
    const { stdout } = await promisify(execFile)('sh', [
      '-c',
      'ulimit -f 512 && exec "$0" "$1" "$2"',
      process.execPath,
      script,
      join(folder, 'a'),
    ])
    expect(stdout).toBe('QRN-FILE-005 resource\n')
    expect(await readdir(folder)).toEqual([])
  })
})

describe('compressContent', () => {
  const parts = ['a;', Buffer.from('ä'), 'x'.repeat(1_000_000)]
  const packed = async (compression: WriteCompression): Promise<Buffer> => {
    const chunks: Buffer[] = []
    for await (const part of compressContent(parts, compression)) chunks.push(Buffer.from(part))
    return Buffer.concat(chunks)
  }
  const plain = Buffer.from(`a;ä${'x'.repeat(1_000_000)}`)

  it('gives the same bytes for the same content, which the format gives back', async () => {
    expect((await packed('none')).equals(plain)).toBe(true)
    expect(gunzipSync(await packed('gzip')).equals(plain)).toBe(true)
    expect(zstdDecompressSync(await packed('zstd')).equals(plain)).toBe(true)
    expect((await packed('gzip')).equals(await packed('gzip'))).toBe(true)
  })

  it('passes on the failure of the content as it is', async () => {
    for (const compression of ['none', 'gzip', 'zstd'] as const) {
      const failing = async (): Promise<void> => {
        for await (const part of compressContent(broken(), compression)) expect(part).toBeDefined()
      }
      await expect(failing()).rejects.toThrow('source broke')
    }
  })
})

describe('writeExport', () => {
  const batch = (rowCount: number): ColumnBatch => ({ rowCount, columns: [] })
  const request = async (batches: AsyncIterable<ColumnBatch>): Promise<ExportRequest> => ({
    path: join(await temporaryFolder(), 'a'),
    columns: [],
    batches,
    signal: new AbortController().signal,
  })
  async function* print(batches: AsyncIterable<ColumnBatch>): AsyncGenerator<string> {
    for await (const { rowCount } of batches) yield `${rowCount};`
  }

  it('reads one batch ahead, no more, and counts rows', async () => {
    const events: string[] = []
    async function* batches(): AsyncGenerator<ColumnBatch> {
      for (const rowCount of [1, 2, 3]) {
        events.push(`read ${rowCount}`)
        yield batch(rowCount)
      }
    }
    async function* noted(given: AsyncIterable<ColumnBatch>): AsyncGenerator<string> {
      for await (const { rowCount } of given) {
        events.push(`print ${rowCount}`)
        yield `${rowCount};`
      }
    }
    const asked = await request(batches())
    const written = await writeExport(asked, noted)
    expect([written.rowCount, await readFile(asked.path, 'utf8')]).toEqual([6, '1;2;3;'])
    expect(events).toEqual(['read 1', 'read 2', 'print 1', 'read 3', 'print 2', 'print 3'])
  })

  it('closes the source when printing fails, and throws what the source threw', async () => {
    let isOpen = true
    async function* endless(): AsyncGenerator<ColumnBatch> {
      try {
        for (;;) yield batch(1)
      } finally {
        isOpen = false
      }
    }
    async function* failing(given: AsyncIterable<ColumnBatch>): AsyncGenerator<string> {
      for await (const one of given) if (one.rowCount > 0) throw new Error('print broke')
      yield ''
    }
    const error = await errorOf(writeExport(await request(endless()), failing))
    expect([String(error.cause), isOpen]).toEqual(['Error: print broke', false])
    async function* brokenBatches(): AsyncGenerator<ColumnBatch> {
      yield batch(1)
      throw new Error('source broke')
    }
    const other = await errorOf(writeExport(await request(brokenBatches()), print))
    expect(String(other.cause)).toBe('Error: source broke')
  })
})

describe('classifyFileError', () => {
  it.each([
    ['ENOENT', 'QRN-FILE-002', 'file_system'],
    ['EACCES', 'QRN-FILE-003', 'file_system'],
    ['EPERM', 'QRN-FILE-003', 'file_system'],
    ['EISDIR', 'QRN-FILE-004', 'file_system'],
    ['ENOTDIR', 'QRN-FILE-004', 'file_system'],
    ['ENOSPC', 'QRN-FILE-005', 'resource'],
    ['EDQUOT', 'QRN-FILE-005', 'resource'],
    ['EROFS', 'QRN-FILE-006', 'file_system'],
    ['EMFILE', 'QRN-FILE-007', 'resource'],
    ['ENFILE', 'QRN-FILE-007', 'resource'],
    ['EIO', 'QRN-FILE-008', 'file_system'],
  ])('%s', (code, expected, reason) => {
    const cause = Object.assign(new Error(code), { code })
    const error = classifyFileError(cause, '/p/a.csv')
    expect([error.code, error.reason, error.cause]).toEqual([expected, reason, cause])
    expect(error.message).toContain('/p/a.csv')
    expect(classifyFileError(error, 'other')).toBe(error)
  })

  it('takes anything', () => {
    expect(classifyFileError('odd', 'a').code).toBe('QRN-FILE-008')
  })
})
