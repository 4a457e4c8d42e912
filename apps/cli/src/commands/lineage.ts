import { usageError } from '../cli-errors.ts'
import { lineageDocument } from '../documents/lineage-document.ts'
import { EXIT_DONE } from '../exit-codes.ts'
import { renderLineage } from '../output/render-lineage.ts'
import type { Session } from '../session.ts'

/** `qarion lineage DATASET[.COLUMN]` */
export async function execute(session: Session): Promise<number> {
  const { line, terminal } = session
  const { downstream, format = 'tree', upstream } = line.options
  if (upstream === true && downstream === true) {
    throw usageError('QRN-CLI-003', '--upstream and --downstream exclude each other.', {
      hint: 'Leave one of them out.',
    })
  }
  const qarion = await session.open()
  const lineage = await qarion.lineage({
    dataset: line.arguments[0] as string,
    direction: downstream === true ? 'downstream' : 'upstream',
  })
  if (terminal.isJson || format === 'json') {
    await session.printDocument({ ...lineageDocument(lineage) })
  } else if (format === 'mermaid') {
    await terminal.data.write(lineage.mermaid)
  } else await terminal.data.write(renderLineage(lineage, terminal.data))
  return EXIT_DONE
}
