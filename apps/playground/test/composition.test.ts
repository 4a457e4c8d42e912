import {
  DataTypes,
  definePlugin,
  type Dataset,
  type FlowDefinition,
  type FlowPlan,
  type FlowPlugin,
  type FlowType,
} from '@qarion/core'
import {
  aggregate,
  append,
  call,
  column,
  defineFlowDag,
  defineInstruction,
  defineQuery,
  derive,
  equal,
  filter,
  from,
  fromQuery,
  measure,
  parameter,
  remove,
  replace,
  transformNode,
  values,
} from '@qarion/plan'
import { afterEach, describe, expect, it } from 'vitest'

import {
  createScenario,
  ENGINE_IDS,
  type EngineId,
  type Scenario,
  type ScenarioOptions,
} from '../src/index.ts'

const { integer, string } = DataTypes
const batchId = parameter('batch_id', integer)
const ofBatch = filter(equal(column('xt_batch_id', integer), batchId))

/**
 * Counts the rows of a change feed in two steps: `seen` holds a row per batch and record type, `total` the sum over all
 * batches so far, in a table per batch.
 */
const counting: FlowType = Object.freeze({
  changeEffects: {},
  readsDatasets: true,
  plan(definition: FlowDefinition): FlowPlan {
    const dataset = (
      name: string,
      key: readonly string[],
      storage: Dataset['storage']['kind'],
    ): Dataset => ({
      id: `${definition.id}.${name}`,
      table: `${definition.namespace}_${definition.id}_${name}`,
      storage: { kind: storage } as Dataset['storage'],
      columns: [
        { name: 'xt_batch_id', type: integer, required: true },
        ...(name === 'seen' ? [{ name: 'kind', type: string, required: true }] : []),
        { name: 'rows', type: integer, required: true },
      ],
      key,
      sortKey: key,
      isInternal: false,
    })
    const seen = dataset('seen', ['xt_batch_id', 'kind'], 'table')
    const total = dataset('total', ['xt_batch_id'], 'batches')
    const source = definition.input.sourceDatasetId as string
    const grouped = defineQuery('grouped', [
      from(source),
      ofBatch,
      aggregate({
        groupBy: ['xt_batch_id', 'xt_record_type'],
        measures: [measure('rows', 'count')],
      }),
      derive([{ name: 'kind', expression: column('xt_record_type', string) }]),
      { operation: 'drop', columns: ['xt_record_type'] },
    ])
    const before = defineQuery('before', [
      from(total.id, 'predecessor'),
      aggregate({
        groupBy: [],
        measures: [measure('rows', 'sum', [column('rows', integer)])],
      }),
    ])
    return {
      datasets: [seen, total],
      dag: defineFlowDag(definition.id, [
        transformNode({
          id: 'count',
          title: 'Count',
          instruction: defineInstruction('count', [grouped], [append('grouped', seen.id)]),
        }),
        transformNode({
          id: 'add_up',
          title: 'Add up',
          dependsOn: ['count'],
          instruction: defineInstruction(
            'add_up',
            [
              before,
              defineQuery('of_batch', [
                from(seen.id),
                ofBatch,
                aggregate({
                  groupBy: [],
                  measures: [measure('rows', 'sum', [column('rows', integer)])],
                }),
                { operation: 'union', queries: ['before'] },
              ]),
              defineQuery('all', [
                fromQuery('of_batch'),
                aggregate({
                  groupBy: [],
                  measures: [measure('sum', 'sum', [column('rows', integer)])],
                }),
                derive([
                  { name: 'xt_batch_id', expression: batchId },
                  {
                    name: 'rows',
                    expression: call('coalesce', column('sum', integer), {
                      kind: 'literal',
                      type: integer,
                      text: '0',
                    }),
                  },
                ]),
                { operation: 'drop', columns: ['sum'] },
              ]),
            ],
            [replace('all', total.id)],
          ),
        }),
      ]),
      revert: [
        defineInstruction(
          'revert',
          [defineQuery('batch', [values([{ name: 'xt_batch_id', type: integer }], [[batchId]])])],
          [remove('batch', seen.id, ['xt_batch_id'])],
        ),
      ],
    }
  },
})

const countingPlugin: FlowPlugin = definePlugin({
  kind: 'flow',
  id: 'counting',
  contract: 1,
  options: [],
  create: () => counting,
})

const flowOf = (source: string): string =>
  `id = "c"\nflow_type = "counting"\nnamespace = "raw"\n\n[input]\nsource_dataset_id = "${source}"\n`

let scenario: Scenario
afterEach(() => scenario.close())

async function create(engine: EngineId, options: Partial<ScenarioOptions> = {}): Promise<Scenario> {
  scenario = await createScenario({
    engine,
    flowTypes: [countingPlugin],
    otherFlows: { c: flowOf('t.change_feed') },
    ...options,
  })
  return scenario
}

const seen = (): Promise<string[]> => scenario.rows('c.seen')
const total = (): Promise<string[]> => scenario.rows('c.total', ['rows'])

describe.each(ENGINE_IDS)('a flow that reads batches of another on %s', (engine) => {
  it('applies each batch of the other once, under its number', async () => {
    await create(engine)
    await scenario.deliver('d1.csv', 'id,v\na,1\nb,1\n')
    await scenario.deliver('d2.csv', 'id,v\na,2\nc,1\n')
    const { run } = await scenario.runOk()
    expect(run.flows.map(({ flow, batches }) => [flow, batches.length])).toEqual([
      ['t', 2],
      ['c', 2],
    ])
    expect(await seen()).toEqual(['1|new|2', '2|changed|1', '2|deleted|1', '2|new|1'])
    expect(await total()).toEqual(['2', '5'])

    expect((await scenario.runOk()).status).toBe('nothing_to_do')
    await scenario.deliver('d3.csv', 'id,v\na,2\n')
    await scenario.runOk({ flows: ['t'] })
    expect((await seen()).at(-1)).toBe('2|new|1')
    await scenario.runOk({ flows: ['c'] })
    expect((await seen()).at(-1)).toBe('3|deleted|1')
    expect(await total()).toEqual(['5', '6'])
  })

  it('follows when the other applies batches anew', async () => {
    await create(engine, {
      flow: `
[input]
primary_key = ["id"]
columns = [
  { name = "id", schema_type = "string", required = true },
  { name = "v", schema_type = "string" },
]

[properties.load]
source_path = "data"
file_pattern = "d*.csv"
format = "csv"
on_changed_file = "reload"
`,
    })
    for (const [name, rows] of [
      ['d1.csv', 'a,1\nb,1\n'],
      ['d2.csv', 'a,1\nb,1\nc,1\n'],
      ['d3.csv', 'a,1\nb,1\nc,1\nd,1\n'],
    ])
      await scenario.deliver(name as string, `id,v\n${rows}`)
    await scenario.runOk()
    expect(await seen()).toEqual(['1|new|2', '2|new|1', '3|new|1'])

    await scenario.deliver('d2.csv', 'id,v\na,7\nb,7\n')
    await scenario.runOk({ cascade: true })
    expect(await seen()).toEqual(['1|new|2', '2|changed|2', '3|changed|2', '3|new|2'])
    expect(await total()).toEqual(['4', '8'])
  })

  it('follows when the other takes a batch back', async () => {
    await create(engine)
    await scenario.deliver('d1.csv', 'id,v\na,1\nb,1\n')
    await scenario.deliver('d2.csv', 'id,v\na,2\nb,1\n')
    await scenario.runOk()
    await scenario.qarion.revert('t')
    await scenario.runOk({ flows: ['c'] })
    expect(await seen()).toEqual(['1|new|2'])
    expect(await total()).toEqual(['2'])
    await scenario.runOk()
    expect(await seen()).toEqual(['1|new|2', '2|changed|1'])
    expect(await total()).toEqual(['2', '3'])
  })

  it('takes its own newest batch back and applies it again', async () => {
    await create(engine)
    await scenario.deliver('d1.csv', 'id,v\na,1\nb,1\n')
    await scenario.deliver('d2.csv', 'id,v\na,2\nb,1\n')
    await scenario.runOk()
    const before = [await seen(), await total()]
    await scenario.qarion.revert('c')
    expect(await seen()).toEqual(['1|new|2'])
    await scenario.runOk()
    expect([await seen(), await total()]).toEqual(before)
    await scenario.runOk({ fullRefresh: true })
    expect([await seen(), await total()]).toEqual(before)
  })
})

describe('a flow that reads batches of another', () => {
  it('refuses what has no batches, and files beside', async () => {
    await create('duckdb', { otherFlows: { c: flowOf('t.current') } })
    await expect(scenario.run()).rejects.toMatchObject({ code: 'QRN-CONFIG-002' })
    await expect(scenario.qarion.validate()).rejects.toMatchObject({
      problems: [{ code: 'QRN-SDK-004', place: { file: 'flows/c.toml', line: 6 } }],
    })
  })

  it('names the nearest dataset', async () => {
    await create('duckdb', { otherFlows: { c: flowOf('t.change_fed') } })
    await expect(scenario.qarion.validate()).rejects.toMatchObject({
      problems: [{ code: 'QRN-CONFIG-029', hint: expect.stringContaining('t.change_feed') }],
    })
  })

  it('refuses files and columns beside the dataset', async () => {
    await create('duckdb', {
      otherFlows: {
        c: `${flowOf('t.change_feed')}columns = []\n\n[properties.load]\nsource_path = "data"\nformat = "csv"\n`,
      },
    })
    await expect(scenario.qarion.validate()).rejects.toMatchObject({
      problems: [{ code: 'QRN-CONFIG-032' }, { code: 'QRN-CONFIG-032' }],
    })
  })

  it('refuses a flow type that reads files only', async () => {
    await create('duckdb', {
      otherFlows: { c: flowOf('t.change_feed').replace('counting', 'change_feed') },
    })
    await expect(scenario.qarion.validate()).rejects.toMatchObject({
      problems: [{ code: 'QRN-SDK-004', message: expect.stringContaining('change_feed') }],
    })
  })
})
