import { validationDocument } from '../documents/validation-document.ts'
import { EXIT_DONE } from '../exit-codes.ts'
import { countOf } from '../output/numbers.ts'
import { renderWarnings } from '../output/render-warnings.ts'
import type { Session } from '../session.ts'

/** `qarion validate` */
export async function execute(session: Session): Promise<number> {
  const { terminal } = session
  const qarion = await session.open()
  const result = await qarion.validate()
  if (terminal.isJson) {
    await session.printDocument({ ...validationDocument(result) })
    return EXIT_DONE
  }
  await terminal.notes.write(renderWarnings(result.warnings, terminal))
  if (terminal.isQuiet) return EXIT_DONE
  const { bold, dim, green } = terminal.data.colors
  const flows = result.flows.map(
    ({ id, flowType, file }) =>
      `  ${id}  ${dim(`${flowType}${file === undefined ? '' : `, ${file}`}`)}\n`,
  )
  await terminal.data.write(
    `${green('valid')} ${bold(result.project)}: ${countOf(result.flows.length, 'flow')}, ` +
      `environment ${result.environment}, engine ${result.engine}\n${flows.join('')}`,
  )
  return EXIT_DONE
}
