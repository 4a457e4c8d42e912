import { EXIT_DONE } from '../exit-codes.ts'
import { renderStatus } from '../output/render-status.ts'
import { selectionOf } from '../run/run-request.ts'
import type { Session } from '../session.ts'

/** `qarion status` */
export async function execute(session: Session): Promise<number> {
  const { line, terminal } = session
  const qarion = await session.open()
  const { flows: names = [], exclude = [] } = selectionOf(line)
  const flows = await qarion.status(names, exclude)
  if (terminal.isJson) await session.printDocument({ flows })
  else await terminal.data.write(renderStatus(flows, Date.now(), terminal))
  return EXIT_DONE
}
