import type { DiffResult } from '@qarion/sdk'

import { renderDiff } from '../output/render-diff.ts'
import { noteLoaded } from '../output/render-memory.ts'
import type { Session } from '../session.ts'

const SAMPLES = 5

/** `qarion diff FLOW` */
export async function execute(session: Session): Promise<number> {
  const { line, terminal } = session
  const { batch, limit = SAMPLES } = line.options
  const qarion = await session.open()
  const { loaded, ...result }: DiffResult = await qarion.diff({
    flow: line.arguments[0] as string,
    limit,
    ...(batch === undefined ? {} : { batches: batch }),
  })
  if (terminal.isJson) await session.printDocument({ ...result })
  else await terminal.data.write(renderDiff(result, terminal.data))
  return noteLoaded(loaded, terminal)
}
