import { createHash, randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

import { describe, expect, it } from 'vitest'

import {
  compressContent,
  readChunks,
  resolveCompression,
  withCompressed,
  type Compression,
  type ReadChunksOptions,
} from '../src/index.ts'
import { errorOf, temporaryFolder } from './support.ts'

const COMPRESS = { gzip: gzipSync, zstd: zstdCompressSync } as const
const KINDS = ['gzip', 'zstd'] as const
const content = Buffer.from('0123456789'.repeat(1000))
/** Larger than what is read at once, compressed too. */
const large = randomBytes(1 << 20)

async function fileOf(bytes: Uint8Array, name = 'a'): Promise<string> {
  const path = join(await temporaryFolder(), name)
  await writeFile(path, bytes)
  return path
}

async function collect(path: string, options?: ReadChunksOptions): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of readChunks(path, options)) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

const collectBytes = async (bytes: Uint8Array, options?: ReadChunksOptions): Promise<Buffer> =>
  collect(await fileOf(bytes), options)

describe.each(KINDS)('%s', (kind) => {
  const compress = COMPRESS[kind]

  it('is known by its first bytes, whatever the name', async () => {
    expect(await resolveCompression(await fileOf(compress(content), 'a.csv'), 'auto')).toBe(kind)
    expect((await collectBytes(compress(content))).equals(content)).toBe(true)
    const named = { chunkBytes: 100, compression: kind }
    expect((await collectBytes(compress(content), named)).equals(content)).toBe(true)
  })

  it('is left alone where the option says none', async () => {
    const bytes = compress(content)
    expect((await collectBytes(bytes, { compression: 'none' })).equals(bytes)).toBe(true)
  })

  it('is read whole when it has several members, also empty ones and ends on borders', async () => {
    const members = [compress(large), compress(''), compress('end'), compress(content)]
    const whole = Buffer.concat([large, Buffer.from('end'), content])
    expect((await collectBytes(Buffer.concat(members))).equals(whole)).toBe(true)
    // The first member ends exactly where a read does.
    const first = compress(large, kind === 'gzip' ? { level: 0 } : {})
    const filler = compress(randomBytes(1))
    const padded = Buffer.concat([first, ...Array.from({ length: 400 }, () => filler)])
    expect(await collectBytes(padded)).toHaveLength(large.length + 400)
  })

  it('shows the bytes as they lie in the file', async () => {
    const bytes = Buffer.concat([compress(large), compress('end')])
    const hash = createHash('sha256')
    await collectBytes(bytes, { onFileBytes: (chunk) => void hash.update(chunk) })
    expect(hash.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'))
  })

  it.each([
    ['at the end', compress(content).subarray(0, -1)],
    ['in the middle', compress(large).subarray(0, 500_000)],
    ['in its header', compress(content).subarray(0, 4)],
    ['in the second member', Buffer.concat([compress('a'), compress('b').subarray(0, -2)])],
  ])('is refused when it is cut off %s', async (_, bytes) => {
    const path = await fileOf(bytes)
    const error = await errorOf(collect(path))
    expect([error.code, error.reason, error.place]).toEqual([
      'QRN-FILE-009',
      'data',
      { file: path },
    ])
    expect(error.message).toBe(
      `${path} is cut off: it ends at byte ${bytes.length}, before its ${kind} data does.`,
    )
    expect(error.data).toEqual({ byteOffset: bytes.length })
    expect(error.hint).toContain('Fetch the file again')
  })

  it('is refused when it is empty', async () => {
    const error = await errorOf(collectBytes(new Uint8Array(), { compression: kind }))
    expect(error.message).toContain('is cut off: it ends at byte 0')
  })

  it.each([
    ['text', Buffer.from('garbage!')],
    ['one byte', Buffer.from('g')],
    ['zeros', Buffer.alloc(300)],
  ])('is refused when %s follows', async (_, garbage) => {
    const bytes = Buffer.concat([compress(content), garbage])
    const error = await errorOf(collectBytes(bytes))
    expect([error.code, error.reason]).toEqual(['QRN-FILE-009', 'data'])
    expect(error.message).toMatch(/holds something else than|is cut off/)
    expect(error.data['byteOffset']).toBeLessThanOrEqual(bytes.length)
  })

  it('is refused when it is damaged', async () => {
    // Without a checksum zstd cannot tell.
    const checked = kind === 'zstd' ? { params: { [constants.ZSTD_c_checksumFlag]: 1 } } : {}
    const bytes = Buffer.from(compress(large, checked))
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 0x55
    const error = await errorOf(collectBytes(bytes))
    expect([error.code, error.reason]).toEqual(['QRN-FILE-009', 'data'])
    expect(error.message).toMatch(new RegExp(`is damaged: ${kind} reports ".+" after byte \\d+`))
  })

  it('is refused when it is something else', async () => {
    const error = await errorOf(collectBytes(Buffer.from('id,v\n1,a\n'), { compression: kind }))
    expect([error.code, error.message.endsWith(`is not ${kind}.`)]).toEqual(['QRN-FILE-009', true])
    expect(error.hint).toContain('compression = "auto"')
  })

  it('stops when aborted, and closes when left early', async () => {
    const path = await fileOf(compress(large))
    expect((await errorOf(collect(path, { signal: AbortSignal.abort() }))).code).toBe(
      'QRN-FILE-014',
    )
    for await (const chunk of readChunks(path, { chunkBytes: 1000 })) {
      expect(chunk.length).toBeLessThanOrEqual(1000)
      break
    }
  })

  it('gives no more than is taken: a small file that holds much stays small in memory', async () => {
    const path = await fileOf(compress(Buffer.alloc(200_000_000)))
    let total = 0
    const before = process.memoryUsage().arrayBuffers
    let most = 0
    for await (const chunk of readChunks(path)) {
      total += chunk.length
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
      if (total > 100_000_000) break
    }
    expect(most).toBeLessThan(80_000_000)
  })
})

it('takes a text for what it is, also under the name of a compressed one', async () => {
  const path = await fileOf(Buffer.from('id,v\n'), 'a.csv.gz')
  expect((await collect(path)).toString()).toBe('id,v\n')
  expect(await resolveCompression(await fileOf(Buffer.from('PK')), 'auto')).toBe('none')
  expect(await collectBytes(new Uint8Array())).toHaveLength(0)
})

it('is called in messages as it is asked to be', async () => {
  const name = 'data/a.csv.gz'
  const cut = await fileOf(gzipSync(large).subarray(0, 1000))
  const damaged = await errorOf(collect(cut, { name }))
  expect(damaged.message).toMatch(/^data\/a\.csv\.gz is cut off/)
  expect(damaged.place).toEqual({ file: name })
  const missing = await errorOf(collect(`${cut}-missing`, { name }))
  expect(missing.message).toBe('data/a.csv.gz does not exist.')
})

it('skips skippable frames of zstd', async () => {
  const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3])
  const bytes = Buffer.concat([skippable, zstdCompressSync(content), skippable])
  const path = await fileOf(bytes)
  expect(await resolveCompression(path, 'auto')).toBe('zstd' satisfies Compression)
  expect((await collect(path)).equals(content)).toBe(true)
})

it('checks the checksum of zstd where there is one', async () => {
  const params = { [constants.ZSTD_c_checksumFlag]: 1 }
  const bytes = Buffer.from(zstdCompressSync(content, { params }))
  bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1
  expect((await errorOf(collectBytes(bytes))).message).toContain("doesn't match checksum")
})

it('says which window is too large', async () => {
  // A frame header that asks for a window of 2 GiB.
  const bytes = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x01, 0x00, 0x00])
  const error = await errorOf(collectBytes(bytes))
  expect([error.code, error.message.includes('128 MiB')]).toEqual(['QRN-FILE-009', true])
  expect(error.hint).toContain('--long=27')
})

it('names what is missing, and the patterns of a format', async () => {
  const missing = join(await temporaryFolder(), 'nope')
  expect((await errorOf(collect(missing))).code).toBe('QRN-FILE-002')
  expect(withCompressed('*.csv')).toEqual(['*.csv', '*.csv.gz', '*.csv.zst'])
})

it.each(['gzip', 'zstd'] as const)(
  'gives the same %s bytes in whatever parts the content comes',
  async (compression) => {
    const text = Array.from({ length: 60_000 }, (_, line) => `${line},${(line * 7919) % 1000}\n`)
    const compressed = async (parts: Iterable<string>): Promise<Buffer> => {
      const chunks: Uint8Array[] = []
      for await (const chunk of compressContent(parts, compression))
        chunks.push(chunk as Uint8Array)
      return Buffer.concat(chunks)
    }
    const whole = await compressed([text.join('')])
    const unpack = { gzip: gunzipSync, zstd: zstdDecompressSync }[compression]
    expect(unpack(whole).toString()).toBe(text.join(''))
    expect((await compressed(text)).equals(whole)).toBe(true)
    expect((await compressed(['', text[0] ?? '', text.slice(1).join('')])).equals(whole)).toBe(true)
  },
)
