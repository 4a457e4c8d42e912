import { DataTypes, type DagNode, type Dataset, type Expression, type FlowPlan } from '@qarion/core'
import {
  append,
  call,
  caseWhen,
  column,
  createProjectLineage,
  defineFlowDag,
  defineInstruction,
  defineQuery,
  equal,
  exportNode,
  filter,
  from,
  ingestNode,
  integer,
  isNotNull,
  named,
  overwrite,
  parsePlan,
  select,
  serializePlan,
  taskNode,
  transformNode,
  type DatasetLineage,
  type LineageFlow,
  type ProjectLineage,
} from '@qarion/plan'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { choices, type Choices } from './choices.ts'
import { makeColumn, makeDataset } from './support.ts'

const NAMES = ['a', 'b', 'c']
const COLUMNS = NAMES.map((name) => makeColumn(name, DataTypes.integer))
const int = (name: string) => column(name, DataTypes.integer)
const table = (id: string, isInternal = false): Dataset => ({
  ...makeDataset(id, COLUMNS),
  isInternal,
})

/** Copies `b` and `c`, and adds one to `a`, of rows that have a `c`. */
function copy(id: string, source: string, target: string): DagNode {
  const query = defineQuery('q', [
    from(source),
    filter(isNotNull(int('c'))),
    select([
      named('a', call('add', int('a'), integer(1))),
      named('b', int('b')),
      named('c', int('c')),
    ]),
  ])
  return transformNode({
    id,
    title: id,
    instruction: defineInstruction(id, [query], [append('q', target)]),
  })
}

function flow(
  name: string,
  datasets: readonly Dataset[],
  nodes: readonly DagNode[],
): LineageFlow & { readonly plan: FlowPlan } {
  return {
    flow: name,
    plan: { datasets, dag: defineFlowDag(name, nodes), revert: [] },
  }
}

const INPUT = flow(
  'in',
  [
    {
      ...makeDataset('in.landing', [...COLUMNS, makeColumn('xt_batch_id', DataTypes.integer)], {
        kind: 'batches',
      }),
    },
    makeDataset('in.rejects', [
      makeColumn('a', DataTypes.integer),
      makeColumn('xt_raw', DataTypes.string),
    ]),
    table('in.hidden', true),
    table('in.out'),
    {
      ...makeDataset('in.view', COLUMNS, {
        kind: 'view',
        queries: [defineQuery('v', [from('in.out'), filter(equal(int('a'), int('b')))])],
      }),
    },
  ],
  [
    ingestNode({ id: 'load', title: 'Load', dataset: 'in.landing', rejects: 'in.rejects' }),
    copy('hide', 'in.landing', 'in.hidden'),
    copy('show', 'in.hidden', 'in.out'),
  ],
)

const READER = flow(
  'reader',
  [table('reader.state'), table('reader.told')],
  [
    copy('read', 'in.view', 'reader.state'),
    taskNode({
      id: 'tell',
      title: 'Tell',
      task: 'script',
      reads: ['reader.state'],
      writes: ['reader.told'],
    }),
  ],
)

const EXPORT = flow(
  'files',
  [],
  [
    exportNode({
      id: 'export',
      title: 'Export',
      dataset: 'reader.state',
      queries: [defineQuery('rows', [from('reader.state'), select([named('x', int('a'))])])],
      scope: 'dataset',
      exporter: 'csv',
      path: 'out.csv',
    }),
  ],
)

const LINEAGE = createProjectLineage([
  { ...INPUT, inputNames: new Map([['a', 'A of the file']]) },
  READER,
  EXPORT,
])

function told(lineages: readonly DatasetLineage[]): readonly string[] {
  return lineages.flatMap(({ dataset, columns, rows }) =>
    [...columns, { column: '*', sources: rows }].flatMap(({ column: name, sources }) =>
      sources.map(({ origin, dependences }) => {
        const from =
          origin.kind === 'column'
            ? `${origin.dataset}.${origin.column}`
            : JSON.stringify(origin).replaceAll('"', '')
        return `${dataset}.${name} < ${from} ${dependences.join('+')}`
      }),
    ),
  )
}

describe('over the flows of a project', () => {
  test('from files through internal datasets and views to other flows and files', () => {
    expect(told(LINEAGE.upstream({ dataset: 'files.export' }))).toEqual([
      'files.export.x < reader.state.a identity',
      'reader.state.a < in.view.a transformation',
      'reader.state.* < in.view.c filter',
      'in.view.a < in.out.a identity',
      'in.view.* < in.out.a filter',
      'in.view.* < in.out.b filter',
      // Two steps and what the first one filtered.
      'in.out.a < in.landing.a transformation',
      'in.out.* < in.landing.c filter',
      'in.landing.a < {kind:input,flow:in,column:A of the file} identity',
    ])
  })

  test('downstream names what is made of a column, and what it decides over', () => {
    expect(told(LINEAGE.downstream({ dataset: 'in.landing', column: 'c' }))).toEqual([
      'in.out.c < in.landing.c identity',
      'in.out.* < in.landing.c filter',
      'in.view.c < in.out.c identity',
      'reader.state.c < in.view.c identity',
      'reader.state.* < in.view.c filter',
    ])
    const whole = LINEAGE.downstream({ dataset: 'reader.state' })
    expect(told(whole)).toEqual([
      'files.export.x < reader.state.a identity',
      'reader.told.a < {kind:dataset,dataset:reader.state} transformation',
      'reader.told.b < {kind:dataset,dataset:reader.state} transformation',
      'reader.told.c < {kind:dataset,dataset:reader.state} transformation',
    ])
    expect(whole[0]).toMatchObject({ dataset: 'reader.state', columns: [{}, {}, {}] })
  })

  test('what the run and the delivery give', () => {
    expect(told([LINEAGE.lineageOf('in.landing') as DatasetLineage]).at(-1)).toBe(
      'in.landing.xt_batch_id < {kind:run,name:batch_id} identity',
    )
    expect(told([LINEAGE.lineageOf('in.rejects') as DatasetLineage])).toEqual([
      'in.rejects.a < {kind:input,flow:in,column:A of the file} identity',
      'in.rejects.xt_raw < {kind:input,flow:in} transformation',
    ])
  })

  test('an internal dataset can be asked for, one that nobody writes cannot', () => {
    expect(told(LINEAGE.upstream({ dataset: 'in.hidden', column: 'b' }))[0]).toBe(
      'in.hidden.b < in.landing.b identity',
    )
    expect(LINEAGE.lineageOf('in.nothing')).toBeUndefined()
    expect(LINEAGE.upstream({ dataset: 'in.nothing' })).toEqual([])
  })
})

/** Flows whose datasets are made of random datasets before them, of themselves, and of internal ones. */
function randomFlows(numbers: Choices): readonly LineageFlow[] {
  const ids: string[] = ['f0.d0']
  return Array.from({ length: 1 + numbers.next(3) }, (_, flowIndex) => {
    const datasets: Dataset[] = []
    const nodes: DagNode[] = []
    for (let index = 0; index < 1 + numbers.next(4); index += 1) {
      const id = `f${flowIndex}.d${index}`
      if (!ids.includes(id)) ids.push(id)
      datasets.push(table(id, numbers.next(3) === 0))
      const value = (): Expression => {
        const one = int(numbers.pick(NAMES))
        const other = int(numbers.pick(NAMES))
        return numbers.pick<Expression>([
          one,
          integer(7),
          call('add', one, other),
          caseWhen([{ when: isNotNull(one), then: other }]),
        ])
      }
      const query = defineQuery('q', [
        from(numbers.pick(ids)),
        filter(isNotNull(int(numbers.pick(NAMES)))),
        select(NAMES.map((name) => named(name, value()))),
      ])
      const write = numbers.pick([append, overwrite])('q', id)
      nodes.push(
        transformNode({
          id: `s${index}`,
          title: 's',
          instruction: defineInstruction(`s${index}`, [query], [write]),
        }),
      )
    }
    return flow(`f${flowIndex}`, datasets, nodes)
  })
}

function pointsOf(flows: readonly LineageFlow[]): readonly { dataset: string; column: string }[] {
  return flows.flatMap(({ plan }) =>
    plan.datasets
      .filter(({ isInternal }) => !isInternal)
      .flatMap(({ id }) => NAMES.map((name) => ({ dataset: id, column: name }))),
  )
}

const DIRECT = ['identity', 'transformation', 'aggregation']

/** All that the values of each column are made of: `x < y` for every pair. */
function upstreamPairs(lineage: ProjectLineage, flows: readonly LineageFlow[]): readonly string[] {
  return pointsOf(flows)
    .flatMap((point) =>
      lineage
        .upstream(point)
        .flatMap(({ dataset, columns }) =>
          columns
            .filter(({ column: name }) => dataset !== point.dataset || name !== point.column)
            .map(({ column: name }) => `${point.dataset}.${point.column} < ${dataset}.${name}`),
        ),
    )
    .toSorted()
}

function downstreamPairs(
  lineage: ProjectLineage,
  flows: readonly LineageFlow[],
): readonly string[] {
  return pointsOf(flows)
    .flatMap((point) =>
      lineage
        .downstream(point)
        .flatMap(({ dataset, columns }) =>
          columns
            .filter(({ sources }) =>
              sources.some(({ dependences }) => dependences.some((one) => DIRECT.includes(one))),
            )
            .map(({ column: name }) => `${dataset}.${name} < ${point.dataset}.${point.column}`),
        ),
    )
    .toSorted()
}

describe('laws', () => {
  test('what is upstream of a column has it downstream', () => {
    fc.assert(
      fc.property(choices, (numbers) => {
        const flows = randomFlows(numbers)
        const lineage = createProjectLineage(flows)
        expect(downstreamPairs(lineage, flows)).toEqual(upstreamPairs(lineage, flows))
      }),
    )
  })

  test('whether a dataset is internal changes nothing for the others', () => {
    fc.assert(
      fc.property(choices, (numbers) => {
        const flows = randomFlows(numbers)
        const seen = new Set(pointsOf(flows).map(({ dataset }) => dataset))
        const shown = flows.map((one) => ({
          ...one,
          plan: {
            ...one.plan,
            datasets: one.plan.datasets.map((dataset) => ({ ...dataset, isInternal: false })),
          },
        }))
        const pairs = upstreamPairs(createProjectLineage(shown), shown).filter((pair) =>
          pair.split(' < ').every((side) => seen.has(side.slice(0, -2))),
        )
        expect(upstreamPairs(createProjectLineage(flows), flows)).toEqual(pairs)
      }),
    )
  })

  test('plans from text have the same lineage', () => {
    fc.assert(
      fc.property(choices, (numbers) => {
        const flows = randomFlows(numbers)
        const read = flows.map((one) => ({ ...one, plan: parsePlan(serializePlan(one.plan)) }))
        const [lineage, other] = [createProjectLineage(flows), createProjectLineage(read)]
        for (const { dataset } of pointsOf(flows))
          expect(other.upstream({ dataset })).toEqual(lineage.upstream({ dataset }))
      }),
    )
  })
})
