import { DataTypes, type AssertRule, type Instruction, type Query } from '@qarion/core'

import { compileQuery } from '../compile/compile-query.ts'
import type { CompileContext } from '../compile/context.ts'
import { createStage, type Stage } from './stage.ts'
import type { Step } from './steps.ts'
import { shareTables, stageWrites, writeSteps } from './write-steps.ts'

const COUNT = 'number of violations'
const SAMPLE = 'sample of violations'
const SAMPLE_ROWS = 5

/** Steps of an instruction: kept queries, asserts, then the writes, which all read the state before it. */
export function instructionSteps(
  { id, queries, writes }: Instruction,
  context: CompileContext,
  nextName: () => string,
): readonly Step[] {
  const stage = createStage(context, nextName)
  const kept = queries
    .filter(({ evaluate }) => evaluate === 'once')
    .flatMap(({ name }) => stage.keepQuery(queries, name))
  const asserts = queries.flatMap((query) => {
    const last = query.rules.at(-1)
    return last?.operation === 'assert' ? [assertStep(queries, query, last, stage)] : []
  })
  const staged = stageWrites(queries, writes, stage)
  const steps = writes.map((write, index) => writeSteps(queries, write, stage, `${id}.${index}`))
  return [
    ...kept,
    ...asserts,
    ...staged,
    ...steps.flatMap(({ prepare }) => prepare),
    ...(shareTables(writes)
      ? [...steps.flatMap(({ change }) => change), ...steps.flatMap(({ insert }) => insert)]
      : steps.flatMap(({ change, insert }) => [...change, ...insert])),
    ...stage.drop(),
  ]
}

function assertStep(
  queries: readonly Query[],
  { name }: Query,
  rule: AssertRule,
  { context }: Stage,
): Step {
  const from = { operation: 'from', source: { kind: 'query', query: name } } as const
  const count: Query = {
    name: COUNT,
    rules: [
      from,
      {
        operation: 'aggregate',
        groupBy: [],
        measures: [{ name: 'count', function: 'count', arguments: [], type: DataTypes.integer }],
      },
    ],
  }
  const sample: Query = { name: SAMPLE, rules: [from, { operation: 'limit', count: SAMPLE_ROWS }] }
  const all = [...queries, count, sample]
  const { columns, ...rows } = compileQuery(all, SAMPLE, context)
  return { kind: 'assert', rule, count: compileQuery(all, COUNT, context), sample: rows, columns }
}
