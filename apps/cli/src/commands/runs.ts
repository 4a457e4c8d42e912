import type { RunRecord } from '@qarion/core'
import type { Qarion } from '@qarion/sdk'

import { usageError } from '../cli-errors.ts'
import { EXIT_DONE } from '../exit-codes.ts'
import { renderRun, renderRuns } from '../output/render-runs.ts'
import type { Session } from '../session.ts'

const MOST_RUNS = 20
const SEARCHED_RUNS = 1000

/** `qarion runs [id]` */
export async function execute(session: Session): Promise<number> {
  const { line, terminal } = session
  const [id] = line.arguments
  const qarion = await session.open()
  if (id === undefined) {
    const runs = await qarion.runs({ limit: line.options.limit ?? MOST_RUNS })
    if (terminal.isJson) await session.printDocument({ runs })
    else await terminal.data.write(renderRuns(runs, terminal.data))
    return EXIT_DONE
  }
  const run = (await qarion.getRun(id)) ?? (await findByBeginning(qarion, id))
  if (terminal.isJson) await session.printDocument({ run })
  else await terminal.data.write(renderRun(run, terminal))
  return EXIT_DONE
}

async function findByBeginning(qarion: Qarion, beginning: string): Promise<RunRecord> {
  const runs = await qarion.runs({ limit: SEARCHED_RUNS })
  const found = runs.filter(({ id }) => id.startsWith(beginning))
  const [run] = found
  if (run !== undefined && found.length === 1) return run
  throw usageError(
    'QRN-CLI-011',
    run === undefined
      ? `There is no run ${beginning}.`
      : `The ids of ${found.length} runs begin with ${beginning}.`,
  )
}
