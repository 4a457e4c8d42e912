import { QarionError } from '@qarion/core'
import { suggestName } from '@qarion/plan'
import type { RunnableFlow } from '@qarion/runtime'

/** Throws QRN-SDK-005 where a value is given for a variable that none of the flows declares. */
export function checkGivenVariables(
  flows: readonly RunnableFlow[],
  given: Readonly<Record<string, string>>,
): void {
  const known = [
    ...new Set(flows.flatMap(({ definition }) => Object.keys(definition.variables ?? {}))),
  ]
  const unknown = Object.keys(given).filter((name) => !known.includes(name))
  const [first] = unknown
  if (first === undefined) return
  throw new QarionError(
    'QRN-SDK-005',
    'usage',
    `none of these flows declares the variable "${first.slice(0, 80)}"`,
    {
      hint:
        known.length === 0
          ? `Declare it in a flow: [variables] ${first.slice(0, 80)} = { type = "string", default = "…" }.`
          : suggestName(first, known, 'variables'),
      data: { variables: unknown, flows: flows.map(({ definition }) => definition.id) },
    },
  )
}
