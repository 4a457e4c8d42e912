import { testDocument } from '../documents/test-document.ts'
import { EXIT_DONE, EXIT_FAILED } from '../exit-codes.ts'
import { renderTest, renderTestSummary } from '../output/render-tests.ts'
import type { Session } from '../session.ts'

/** `qarion test [name…]` */
export async function execute(session: Session): Promise<number> {
  const { line, terminal } = session
  const qarion = await session.open()
  const result = await qarion.test({ names: line.arguments, write: line.options.write === true })
  const exitCode = result.tests.some(({ status }) => status === 'failed') ? EXIT_FAILED : EXIT_DONE
  if (terminal.isJson) {
    await session.printDocument({ ...testDocument(result, exitCode) })
    return exitCode
  }
  for (const test of result.tests) await terminal.data.write(renderTest(test, terminal))
  terminal.note(renderTestSummary(result, terminal.notes.colors))
  return exitCode
}
