import type { PublishRequest, PublishResult } from '@qarion/sdk'

import { publishDocument } from '../documents/publish-document.ts'
import { EXIT_DONE, exitCodeOfStatus } from '../exit-codes.ts'
import { countOf } from '../output/numbers.ts'
import { renderError } from '../output/render-error.ts'
import type { Terminal } from '../output/terminal.ts'
import { openEventFile } from '../run/event-file.ts'
import { createRunDisplay } from '../run/run-display.ts'
import { selectionOf } from '../run/run-request.ts'
import type { Session } from '../session.ts'

/** `qarion publish` */
export async function execute(session: Session): Promise<number> {
  const { line, terminal } = session
  const events = line.options.events === undefined ? undefined : openEventFile(line.options.events)
  const display = createRunDisplay(terminal)
  let result: PublishResult
  try {
    const qarion = await session.open((event) => {
      events?.write(event)
      display.observe(event)
    })
    result = await qarion.publish(requestOf(session))
  } finally {
    display.close()
    events?.close()
  }
  const exitCode = exitCodeOfStatus(result.status)
  if (terminal.isJson) await session.printDocument({ ...publishDocument(result, exitCode) })
  else await terminal.notes.write(renderOutcome(result, exitCode, terminal))
  return exitCode
}

function requestOf({ line, signal }: Session): PublishRequest {
  const { options } = line
  return {
    ...selectionOf(line),
    command: `qarion ${line.typed}`,
    signal,
    ...(options.limit === undefined ? {} : { limit: options.limit }),
    ...(options['retry-dead'] ? { retryDead: true } : {}),
    ...(options.wait === undefined ? {} : { waitMs: options.wait }),
  }
}

function renderOutcome({ flows }: PublishResult, exitCode: number, terminal: Terminal): string {
  const { colors, width = 120 } = terminal.notes
  const lines: string[] = []
  for (const { flow, error } of flows) {
    // Whoever interrupted knows.
    if (error === undefined || error.reason === 'interrupted') continue
    const told = renderError(error, { colors, width, isVerbose: terminal.isVerbose })
    lines.push(`\n${colors.red('✗')} ${colors.bold(flow)}\n${told}\n`)
  }
  if (terminal.isQuiet) return lines.join('')
  for (const { flow, waiting, waitingDead, published } of flows) {
    if (waiting > 0)
      lines.push(
        `${colors.bold(flow)}  ${countOf(waiting, 'event waits', 'events wait')}${waitingDead === 0 ? '' : `, ${colors.red(`${waitingDead} of them dead`)}`}\n`,
      )
    else if (published === 0 && exitCode === EXIT_DONE)
      lines.push(`${colors.bold(flow)}  nothing to publish\n`)
  }
  const dead = flows.filter(({ waitingDead }) => waitingDead > 0).map(({ flow }) => flow)
  if (dead.length > 0)
    lines.push(
      `${colors.cyan('next:')} qarion show ${dead[0]}.outbox --where "state = 'dead'", then qarion publish ${dead.join(' ')} --retry-dead\n`,
    )
  return lines.join('')
}
