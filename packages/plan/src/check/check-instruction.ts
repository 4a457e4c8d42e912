import type { Dataset, DatasetId, Instruction } from '@qarion/core'

import { checkAll } from '../plan-errors.ts'
import { requireQuery } from './check-scope.ts'
import { checkWrite } from './check-writes.ts'
import { inferColumns } from './infer-columns.ts'
import { within } from './within.ts'

/** Checks the queries and writes of an instruction. Throws QarionError QRN-PLAN-…; several at once as QRN-PLAN-017. */
export function checkInstruction(
  instruction: Instruction,
  datasets: ReadonlyMap<DatasetId, Dataset>,
): void {
  const columns = within(`instruction ${instruction.id}`, () =>
    inferColumns(instruction.queries, datasets),
  )
  checkAll(
    `The instruction ${instruction.id}`,
    instruction.writes.map(
      (write) => () =>
        within(`instruction ${instruction.id}, ${write.kind} to ${write.dataset}`, () =>
          checkWrite(write, requireQuery(columns, write.query), datasets),
        ),
    ),
  )
}
