import { type Catalog, type Dataset, type Operation, type Row, type Value } from '@qarion/core'

import { tableOf } from '../state/state-datasets.ts'
import { forgetRows, loadRows } from '../state/write-state.ts'
import type { FileReject } from './ingest.ts'

/** Forgets the rejects of a batch and writes those that `rejects` gives once the rows before are read. */
export function writeRejects(
  dataset: Dataset,
  batch: { readonly batch: number; readonly batchTime: bigint },
  catalog: Catalog,
  rejects: () => readonly FileReject[],
): Operation[] {
  return [
    forgetRows('forget_rejects', dataset, catalog, { xt_batch_id: BigInt(batch.batch) }),
    loadRows(
      tableOf(dataset),
      () => rejects().map((reject) => rejectRow(dataset, batch, reject)),
      'rejected',
    ),
  ]
}

function rejectRow(
  dataset: Dataset,
  batch: { batch: number; batchTime: bigint },
  { file, row }: FileReject,
): Row {
  const problem = row.problems[0]
  const known: Record<string, Value | null> = {
    ...row.values,
    xt_batch_id: BigInt(batch.batch),
    xt_batch_time: batch.batchTime,
    xt_source_file: file,
    xt_source_line: BigInt(row.line),
    xt_column: problem === undefined || problem.column === '' ? null : problem.column,
    xt_value: withoutNul(problem?.text ?? null),
    xt_reason: problem?.reason ?? 'the row cannot be read',
    xt_problems: withoutNul(
      JSON.stringify(row.problems.map(({ column, reason, text }) => ({ column, reason, text }))),
    ),
    xt_raw: withoutNul(row.rawText),
  }
  return dataset.columns.map(({ name }) => known[name] ?? null)
}

/** A string value holds no NUL and only whole characters; the raw text of a bad row may. */
function withoutNul<Text extends string | null>(text: Text): Text {
  return (text === null ? null : text.replaceAll('\0', '\uFFFD').toWellFormed()) as Text
}
