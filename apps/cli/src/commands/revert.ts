import { createInterface } from 'node:readline/promises'

import { usageError } from '../cli-errors.ts'
import { EXIT_DONE } from '../exit-codes.ts'
import type { Session } from '../session.ts'

/** `qarion revert FLOW` */
export async function execute(session: Session): Promise<number> {
  const { line, terminal } = session
  const flow = line.arguments[0] as string
  if (!line.options.yes) await confirm(flow, session)
  const qarion = await session.open()
  const { batch } = await qarion.revert(flow)
  if (terminal.isJson) await session.printDocument({ flow, batch })
  else if (!terminal.isQuiet) {
    await terminal.data.write(`Batch ${batch} of ${flow} is taken back.\n`)
    terminal.note(`\`qarion run ${flow}\` loads it again while its files are there.`)
  }
  return EXIT_DONE
}

async function confirm(flow: string, { signal, terminal }: Session): Promise<void> {
  const isAsked = process.stdin.isTTY && terminal.notes.isTerminal
  const question = `Take the newest batch of ${flow} back? [y/N] `
  if (isAsked && (await isYes(question, signal))) return
  throw usageError(
    'QRN-CLI-012',
    `Nobody confirmed that the newest batch of ${flow} is taken back.`,
  )
}

async function isYes(question: string, signal: AbortSignal): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(?:es)?$/i.test((await prompt.question(question, { signal })).trim())
  } catch {
    return false
  } finally {
    prompt.close()
  }
}
