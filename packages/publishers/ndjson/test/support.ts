import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { OutboxEvent } from '@qarion/core'

/** Runs with the path of a file in a folder of its own. */
export async function withPath<Result>(use: (path: string) => Promise<Result>): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'qarion-ndjson-'))
  try {
    return await use(join(directory, 'out/events.ndjson'))
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** The events of a file, none where there is no file; throws where it does not end with a whole line. */
export async function readEvents(path: string): Promise<OutboxEvent[]> {
  const text = await readFile(path, 'utf8').catch(() => '')
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line is not whole')
  return text.split('\n').slice(0, -1).map(eventOf)
}

function eventOf(line: string): OutboxEvent {
  const cloud = JSON.parse(line) as Record<string, string> & { data: unknown }
  if (cloud['specversion'] !== '1.0') throw new Error('no CloudEvent')
  return {
    id: cloud['id'] ?? '',
    source: cloud['source'] ?? '',
    type: cloud['type'] ?? '',
    subject: cloud['subject'] ?? '',
    time: cloud['time'] ?? '',
    key: cloud['partitionkey'] ?? '',
    sequence: BigInt(cloud['sequence'] ?? ''),
    data: JSON.stringify(cloud.data),
  }
}
