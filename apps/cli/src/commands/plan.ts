import { planDocument } from '../documents/plan-document.ts'
import { saveText } from '../documents/save-text.ts'
import { savePlan } from '../documents/saved-plan.ts'
import { EXIT_DONE } from '../exit-codes.ts'
import { renderPlan } from '../output/render-plan.ts'
import { selectionOf, variablesOf } from '../run/run-request.ts'
import type { Session } from '../session.ts'

/** No data, and nothing of the project. */
const NOTHING = 'nothing was written'

/** `qarion plan` */
export async function execute(session: Session): Promise<number> {
  const { line, terminal } = session
  const { env, format = 'tree', out, sql } = line.options
  const qarion = await session.open()
  const plan = await qarion.plan({
    ...selectionOf(line),
    ...variablesOf(line),
    includeStatements: sql === true,
  })
  const document = planDocument(plan, env, variablesOf(line).variables)
  const isMermaid = format === 'mermaid' && !terminal.isJson
  if (out !== undefined && isMermaid) {
    await saveText(out, plan.mermaid)
    terminal.note(`The chart is in ${out}.`)
  } else if (out !== undefined) {
    await savePlan(out, document)
    terminal.note(`The plan is in ${out}; \`qarion run --plan ${out}\` runs it.`)
  }
  if (terminal.isJson || format === 'json') {
    await session.printDocument({ ...document })
    terminal.note(NOTHING)
  } else if (isMermaid) {
    if (out === undefined) await terminal.data.write(plan.mermaid)
    terminal.note(NOTHING)
  } else {
    await terminal.data.write(`${renderPlan(plan, terminal)}${NOTHING}\n`)
  }
  return EXIT_DONE
}
