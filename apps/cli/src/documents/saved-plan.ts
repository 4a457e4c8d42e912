import { readFile } from 'node:fs/promises'

import { fileError, usageError } from '../cli-errors.ts'
import { DOCUMENT_VERSION } from './document-version.ts'
import { toJsonText } from './json-text.ts'
import type { PlanDocument, PlannedFlowDocument } from './plan-document.ts'
import { saveText } from './save-text.ts'

/** Keeps a plan for `run --plan`. */
export async function savePlan(file: string, plan: PlanDocument): Promise<void> {
  await saveText(file, `${toJsonText({ qarion: DOCUMENT_VERSION, command: 'plan', ...plan })}\n`)
}

export async function readPlan(file: string): Promise<PlanDocument> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw fileError('read', file, cause)
  })
  const document = parsePlan(text)
  if (document !== undefined) return document
  throw usageError('QRN-CLI-009', `${file} is not a plan of this version of Qarion.`)
}

function parsePlan(text: string): PlanDocument | undefined {
  let document: Partial<PlanDocument> & { readonly qarion?: unknown; readonly command?: unknown }
  try {
    document = JSON.parse(text) as typeof document
  } catch {
    return undefined
  }
  const isPlan =
    typeof document === 'object' &&
    document !== null &&
    document.qarion === DOCUMENT_VERSION &&
    document.command === 'plan' &&
    Array.isArray(document.flows)
  return isPlan ? (document as PlanDocument) : undefined
}

/** In which ways the two plans would run differently; empty if they would not. */
export function planDifferences(saved: PlanDocument, current: PlanDocument): string[] {
  const differences: string[] = []
  for (const flow of saved.flows) {
    const now = current.flows.find((other) => other.flow === flow.flow)
    if (now === undefined) {
      differences.push(`flow ${flow.flow} is gone`)
      continue
    }
    for (const [what, read] of COMPARED) {
      if (toJsonText(read(flow)) !== toJsonText(read(now))) {
        differences.push(`flow ${flow.flow} has other ${what}`)
      }
    }
  }
  return differences
}

const COMPARED: readonly (readonly [string, (flow: PlannedFlowDocument) => unknown])[] = [
  ['values of variables', (flow) => flow.variables ?? null],
  ['batches', (flow) => flow.batches],
  ['changes of its definition', (flow) => flow.definitionChanges],
  ['steps', (flow) => flow.steps],
  ['datasets', (flow) => flow.datasets],
  ['reasons to refuse', (flow) => flow.refusal?.code ?? null],
]
