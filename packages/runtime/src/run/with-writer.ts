import type { Engine, EngineSession, Lease } from '@qarion/core'

export interface WriterRequest {
  readonly engine: Engine
  /** What runs, for the message that a second runner gets. */
  readonly command: string
  /** Wait this long for another runner. */
  readonly waitMs: number
  readonly signal: AbortSignal
}

/** Makes this process the one writer, opens a session, and gives both back at the end. */
export async function withWriter<Result>(
  { engine, command, waitMs, signal }: WriterRequest,
  use: (session: EngineSession, lease: Lease) => Promise<Result>,
): Promise<Result> {
  const lease = await engine.acquireLease({ description: command, waitMs, signal })
  try {
    const session = await engine.open('write')
    try {
      return await use(session, lease)
    } finally {
      await session.close()
    }
  } finally {
    await lease.release()
  }
}

/** Sorts by time: `20240501T060000123-4f2a91`. */
export function createRunId(nowMs: number): string {
  const time = new Date(nowMs).toISOString().replaceAll(/[-:.Z]/g, '')
  return `${time}-${Math.floor(Math.random() * 0xffffff)
    .toString(16)
    .padStart(6, '0')}`
}
