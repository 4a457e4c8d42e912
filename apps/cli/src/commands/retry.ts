import type { FlowRunRecord, RunRecord } from '@qarion/core'
import type { RunRequest } from '@qarion/sdk'

import type { CommandLine } from '../command-line/command-spec.ts'
import { parseCommandLine } from '../command-line/parse-command-line.ts'
import { splitWords } from '../command-line/quote-words.ts'
import { emptyRunDocument } from '../documents/run-document.ts'
import { EXIT_DONE } from '../exit-codes.ts'
import { runFlows } from '../run/run-flows.ts'
import { onceOnly, runRequestOf } from '../run/run-request.ts'
import type { Session } from '../session.ts'

// Retries of retries: as far back as anybody types them.
const MOST_RETRIES = 50

/** `qarion retry` */
export async function execute(session: Session): Promise<number> {
  const { line, signal, terminal } = session
  const qarion = await session.open()
  const runs = await qarion.runs({ limit: MOST_RETRIES })
  const [newest] = runs
  const flows = (newest?.flows ?? []).filter(isOpen).map(({ flow }) => flow)
  if (newest === undefined || (flows.length === 0 && newest.status !== 'running')) {
    if (terminal.isJson) await session.printDocument({ ...emptyRunDocument() })
    terminal.note(
      newest === undefined
        ? 'nothing to do: there is no run yet'
        : `nothing to do: run ${newest.id} got through`,
    )
    return EXIT_DONE
  }
  terminal.note(`Going on with run ${newest.id}: ${flows.join(', ')}`)
  return runFlows(session, {
    ...originalRequest(runs, signal),
    ...onceOnly(line.options),
    // A run that was killed before its first flow was done tells none: what was asked for is asked for again.
    ...(flows.length === 0 ? {} : { flows, exclude: [] }),
    command: `qarion ${line.typed}`,
    signal,
  })
}

function isOpen({ status }: FlowRunRecord): boolean {
  return status !== 'succeeded' && status !== 'nothing_to_do'
}

/** What was asked for when it was not a retry, but for what holds once: accepted guards, waiting, jobs. */
function originalRequest(runs: readonly RunRecord[], signal: AbortSignal): RunRequest {
  for (const { command } of runs) {
    const typed = commandLineOf(command)
    if (typed?.command === 'retry') continue
    if (typed?.command !== 'run') break
    const {
      accept: _accept,
      waitMs: _waitMs,
      jobs: _jobs,
      ...request
    } = runRequestOf(typed, signal)
    return request
  }
  return {}
}

function commandLineOf(command: string): CommandLine | undefined {
  const parsed = parseCommandLine(splitWords(command).slice(1))
  return parsed.kind === 'command' ? parsed.line : undefined
}
