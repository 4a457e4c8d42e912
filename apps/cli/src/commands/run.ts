import { stalePlanError, usageError } from '../cli-errors.ts'
import { planDocument } from '../documents/plan-document.ts'
import { emptyRunDocument } from '../documents/run-document.ts'
import { planDifferences, readPlan } from '../documents/saved-plan.ts'
import { EXIT_DONE } from '../exit-codes.ts'
import { runFlows } from '../run/run-flows.ts'
import { runRequestOf } from '../run/run-request.ts'
import type { Session } from '../session.ts'

/** `qarion run` */
export async function execute(session: Session): Promise<number> {
  const { plan } = session.line.options
  return plan === undefined
    ? runFlows(session, runRequestOf(session.line, session.signal))
    : runPlan(session, plan)
}

const DECIDED_BY_PLAN = [
  'select',
  'exclude',
  'batch',
  'file',
  'full-refresh',
  'cascade',
  'var',
] as const

async function runPlan(session: Session, file: string): Promise<number> {
  const { line, terminal } = session
  const decided = DECIDED_BY_PLAN.filter((name) => line.options[name] !== undefined)
  if (decided.length > 0 || line.arguments.length > 0) {
    throw usageError('QRN-CLI-003', 'A plan says itself what is run.', {
      hint: `Leave out ${[...line.arguments, ...decided.map((name) => `--${name}`)].join(', ')}.`,
    })
  }
  const saved = await readPlan(file)
  const environment = line.options.env ?? saved.environment ?? undefined
  if ((saved.environment ?? undefined) !== environment) {
    throw usageError('QRN-CLI-010', `${file} was made for another environment.`, {
      hint: `Type \`qarion run --plan ${file}\` without --env.`,
    })
  }
  const flows = saved.flows.map(({ flow }) => flow)
  const given = saved.variables === undefined ? {} : { variables: saved.variables }
  const qarion = await session.open(undefined, environment)
  const current = planDocument(await qarion.plan({ flows, ...given }), environment)
  const differences = planDifferences(saved, current)
  if (differences.length > 0) throw stalePlanError(file, differences)

  // A rebuild that the plan names is accepted with it; what has nothing to do is left alone.
  const rebuilt = saved.flows.filter(asksForRebuild)
  const loaded = saved.flows.filter((flow) => !asksForRebuild(flow) && flow.batches.length > 0)
  if (rebuilt.length > 0 && loaded.length > 0) {
    throw usageError('QRN-CLI-009', `${file} rebuilds some flows and only loads others.`, {
      hint: `Plan them apart: \`qarion plan ${rebuilt.map(({ flow }) => flow).join(' ')} --out FILE\`.`,
    })
  }
  const chosen = [...rebuilt, ...loaded]
  if (chosen.length === 0) {
    if (terminal.isJson) await session.printDocument({ ...emptyRunDocument() })
    terminal.note('nothing to do: the plan holds no batch')
    return EXIT_DONE
  }
  return runFlows(
    session,
    {
      ...runRequestOf(line, session.signal),
      ...given,
      flows: chosen.map(({ flow }) => flow),
      ...(rebuilt.length > 0 ? { fullRefresh: true } : {}),
    },
    environment,
  )
}

function asksForRebuild(flow: {
  readonly definitionChanges: readonly { readonly effect: string }[]
}): boolean {
  return flow.definitionChanges.some(({ effect }) => effect === 'rebuild')
}
