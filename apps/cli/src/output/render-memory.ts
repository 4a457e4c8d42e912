import type { RunResult } from '@qarion/sdk'

import { exitCodeOfRun, EXIT_DONE } from '../exit-codes.ts'
import { countOf } from './numbers.ts'
import { renderError } from './render-error.ts'
import type { Terminal } from './terminal.ts'

/** What to know of a run on an engine that keeps its data in memory; nothing for others. */
export function renderMemoryNote(result: RunResult, terminal: Terminal): string {
  if (result.isPersistent || terminal.isQuiet) return ''
  const { dim } = terminal.notes.colors
  const first =
    result.loadedFirst.length === 0
      ? ''
      : ` ${result.loadedFirst.join(', ')} ran first, to be read.`
  return `${dim(`The engine keeps its data in memory: nothing of it outlasts this command.${first}`)}\n`
}

/**
 * Says what was loaded so that it can be shown, and what did not load. Resolves with the exit code: what is shown is
 * less than all where something failed.
 */
export async function noteLoaded(
  loaded: RunResult | undefined,
  terminal: Terminal,
): Promise<number> {
  if (loaded === undefined) return EXIT_DONE
  const { colors, width = 120 } = terminal.notes
  const batches = loaded.run.flows.reduce((sum, flow) => sum + flow.batches.length, 0)
  terminal.note(
    colors.dim(
      `The engine keeps its data in memory: ${countOf(batches, 'batch', 'batches')} loaded for this command.`,
    ),
  )
  for (const { error } of loaded.errors)
    await terminal.notes.write(renderError(error, { colors, width, isVerbose: terminal.isVerbose }))
  return exitCodeOfRun(loaded)
}
