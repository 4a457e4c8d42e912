import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

import { isQarionError, printCloudEvent } from '@qarion/core'
import { createNdjsonPublisher } from '@qarion/publisher-ndjson'
import { expectError, testEvent } from '@qarion/testkit'
import { describe, expect, it } from 'vitest'

import { readEvents, withPath } from './support.ts'

const NO_SIGNAL = new AbortController().signal

async function publish(path: string, ...events: ReturnType<typeof testEvent>[]): Promise<void> {
  const publisher = createNdjsonPublisher({ path })
  try {
    for (const event of events) await publisher.publish(event, NO_SIGNAL)
  } finally {
    await publisher.close()
  }
}

async function begin(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

const [FIRST, SECOND, THIRD] = [1n, 2n, 3n].map((sequence) => testEvent({ sequence })) as [
  ReturnType<typeof testEvent>,
  ReturnType<typeof testEvent>,
  ReturnType<typeof testEvent>,
]
const line = (event: ReturnType<typeof testEvent>): string => `${printCloudEvent(event)}\n`

describe('the end of a file', () => {
  it.each(Array.from({ length: 12 }, (_, index) => index * 19 + 1))(
    'cut off after %i bytes of a line is mended, and the event written again',
    (length) =>
      withPath(async (path) => {
        await begin(path, line(FIRST) + line(SECOND).slice(0, length))
        await publish(path, SECOND, THIRD)
        expect(await readFile(path, 'utf8')).toBe(line(FIRST) + line(SECOND) + line(THIRD))
      }),
  )

  it('that lacks only the line break gets it', () =>
    withPath(async (path) => {
      await begin(path, line(FIRST) + printCloudEvent(SECOND))
      await publish(path, SECOND, THIRD)
      expect(await readFile(path, 'utf8')).toBe(line(FIRST) + line(SECOND) + line(THIRD))
    }))

  it('cut off within a character of several bytes', () =>
    withPath(async (path) => {
      const event = testEvent({ key: '😀', sequence: 2n })
      const bytes = Buffer.from(line(event))
      const cut = bytes.indexOf(Buffer.from('😀')) + 2
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, Buffer.concat([Buffer.from(line(FIRST)), bytes.subarray(0, cut)]))
      await publish(path, event)
      expect(await readFile(path, 'utf8')).toBe(line(FIRST) + line(event))
    }))

  it('of one that holds nothing but a part of a line', () =>
    withPath(async (path) => {
      await begin(path, line(FIRST).slice(0, 30))
      await publish(path, FIRST)
      expect(await readFile(path, 'utf8')).toBe(line(FIRST))
    }))
})

describe('events that are there already', () => {
  it('are not written again', () =>
    withPath(async (path) => {
      await publish(path, FIRST, SECOND)
      await publish(path, FIRST, SECOND, THIRD)
      expect(await readEvents(path)).toEqual([FIRST, SECOND, THIRD])
    }))

  it(
    'are found among the last of a file larger than what is looked through',
    { timeout: 60_000 },
    () =>
      withPath(async (path) => {
        const big = testEvent({ key: 'big', data: JSON.stringify('x'.repeat(1_000_000)) })
        const many = Array.from({ length: 20 }, (_, index) => ({ ...big, id: `b${index}` }))
        await begin(path, many.map(line).join(''))
        const { size } = await stat(path)
        await publish(path, many[19] as typeof big, many[10] as typeof big)
        expect((await stat(path)).size).toBe(size)
        await publish(path, FIRST)
        expect((await readEvents(path)).length).toBe(21)
      }),
  )
})

describe('files that are no files of events', () => {
  it.each([
    ['a text', 'hello\nworld\n'],
    ['a text without a line break', 'hello'],
    ['JSON without ids', '{"a":1}\n'],
    ['an array', '[\n'],
  ])('%s: left as it is', (_, text) =>
    withPath(async (path) => {
      await begin(path, text)
      const error = await expectError(() => publish(path, FIRST), { code: 'QRN-NDJSON-001' })
      expect(error.isRetryable).toBe(false)
      expect(await readFile(path, 'utf8')).toBe(text)
    }),
  )

  it('a folder', () =>
    withPath(async (path) => {
      await mkdir(path, { recursive: true })
      const error = await publish(path, FIRST).catch((thrown: unknown) => thrown)
      expect(isQarionError(error) && error.reason).toBe('file_system')
    }))
})

it('many events at the same time go into few writes, each whole', () =>
  withPath(async (path) => {
    const publisher = createNdjsonPublisher({ path })
    const events = Array.from({ length: 500 }, (_, index) => testEvent({ key: `k${index}` }))
    await Promise.all(events.map((event) => publisher.publish(event, NO_SIGNAL)))
    await publisher.close()
    expect(await readEvents(path)).toEqual(events)
  }))

it('is closed for good', () =>
  withPath(async (path) => {
    const publisher = createNdjsonPublisher({ path })
    await publisher.publish(FIRST, NO_SIGNAL)
    await publisher.close()
    await expectError(() => publisher.publish(SECOND, NO_SIGNAL), { code: 'QRN-NDJSON-002' })
    expect(await readEvents(path)).toEqual([FIRST])
  }))
