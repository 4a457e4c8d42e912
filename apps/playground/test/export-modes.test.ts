import { rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { rowsOf } from '@qarion/core'
import { describe, expect, it } from 'vitest'

import { ENGINE_IDS, type EngineId, type Scenario } from '../src/index.ts'
import { exportedFiles, exportFlow, openExports, readExport } from './export-support.ts'

const open = openExports()

/** a is new, then changed, then gone, then back; b is new and stays. */
const DELIVERIES = ['id,v\na,1\nb,2\n', 'id,v\na,9\nb,2\n', 'id,v\nb,2\n', 'id,v\na,3\nb,2\n']

async function deliver(scenario: Scenario, ...batches: readonly number[]): Promise<void> {
  for (const batch of batches) await scenario.deliver(`d${batch}.csv`, DELIVERIES[batch - 1] ?? '')
}

/** Lines of a file without batch times and changed columns. */
async function lines(scenario: Scenario, name: string): Promise<string[]> {
  const [, ...rows] = (await readExport(scenario, name)).trimEnd().split('\n')
  return rows.map((row) => {
    const [id, v, batch, , type] = row.split(',')
    return [id, v, batch, type].join(',')
  })
}

const batchesOf = async (scenario: Scenario, flow = 'x'): Promise<readonly number[]> => {
  const { run } = await scenario.runOk()
  return run.flows.find((record) => record.flow === flow)?.batches.map(({ batch }) => batch) ?? []
}

describe.each(ENGINE_IDS)('%s', (engine: EngineId) => {
  it('changes_only: one file per batch, each once', async () => {
    const scenario = await open(
      engine,
      'file_path = "exports/x_{batch_id}.csv"\nformat = "csv"\nexport_mode = "changes_only"',
      { flow: `${FLOW}\n[properties]\ninclude_unchanged = true\n` },
    )
    expect(await batchesOf(scenario)).toEqual([])
    expect(await exportedFiles(scenario)).toEqual([])
    await deliver(scenario, 1, 2, 3)
    expect(await batchesOf(scenario)).toEqual([1, 2, 3])
    await deliver(scenario, 4)
    expect(await batchesOf(scenario)).toEqual([4])
    expect(await batchesOf(scenario)).toEqual([])
    expect(await exportedFiles(scenario)).toEqual(['x_1.csv', 'x_2.csv', 'x_3.csv', 'x_4.csv'])
    expect((await readExport(scenario, 'x_1.csv')).split('\n')[0]).toMatch(/^id,v,xt_batch_id,/)
    expect(await lines(scenario, 'x_1.csv')).toEqual(['a,1,1,new', 'b,2,1,new'])
    expect(await lines(scenario, 'x_2.csv')).toEqual(['a,9,2,changed'])
    expect(await lines(scenario, 'x_3.csv')).toEqual(['a,9,3,deleted'])
    expect(await lines(scenario, 'x_4.csv')).toEqual(['a,3,4,reinserted'])
  })

  it('incremental: without what was deleted; batch: all rows of it', async () => {
    const scenario = await open(
      engine,
      'file_path = "exports/{{ batch_id }}/x.csv"\nformat = "csv"\nexport_mode = "incremental"',
      {
        flow: `${FLOW}\n[properties]\ninclude_unchanged = true\n`,
        otherFlows: {
          a_x: exportFlow(
            'file_path = "exports/{{ batch_id }}/x.csv"\nformat = "csv"\nexport_mode = "incremental"',
          ),
          a_y: exportFlow(
            'file_path = "exports/{batch_id}/y.csv"\nformat = "csv"\nexport_mode = "batch"',
            't.change_feed',
            'y',
          ),
        },
      },
    )
    await deliver(scenario, 1, 2, 3, 4)
    await scenario.runOk()
    expect(await lines(scenario, '3/x.csv')).toEqual([])
    expect(await lines(scenario, '4/x.csv')).toEqual(['a,3,4,reinserted'])
    expect(await lines(scenario, '3/y.csv')).toEqual(['a,9,3,deleted', 'b,2,3,unchanged'])
  })

  it('full: what the dataset holds now, again when it changed, is gone or was changed', async () => {
    const scenario = await open(engine, 'file_path = "exports/now.csv"\nformat = "csv"', {
      source: 't.current',
    })
    await deliver(scenario, 1)
    expect(await batchesOf(scenario)).toEqual([1])
    expect(await readExport(scenario, 'now.csv')).toBe('id,v\na,1\nb,2\n')
    expect(await batchesOf(scenario)).toEqual([])
    await deliver(scenario, 2, 3)
    expect(await batchesOf(scenario)).toEqual([3])
    expect(await readExport(scenario, 'now.csv')).toBe('id,v\nb,2\n')

    await rm(join(scenario.directory, 'exports/now.csv'))
    expect(await batchesOf(scenario)).toEqual([3])
    // Touched and not changed is as it was.
    await utimes(join(scenario.directory, 'exports/now.csv'), new Date(0), new Date(0))
    expect(await batchesOf(scenario)).toEqual([])

    await writeFile(join(scenario.directory, 'exports/now.csv'), 'mine')
    expect(await scenario.runCode()).toBe('QRN-EXPORT-001')
    expect(await readExport(scenario, 'now.csv')).toBe('mine')

    await scenario.qarion.revert('t')
    await rm(join(scenario.directory, 'exports/now.csv'))
    await rm(join(scenario.directory, 'data/d3.csv'))
    expect(await batchesOf(scenario)).toEqual([2])
    expect(await readExport(scenario, 'now.csv')).toBe('id,v\na,9\nb,2\n')
    expect(await batchesOf(scenario)).toEqual([])
  })

  it('landing: the batches that are kept, and a word about those that are not', async () => {
    const warnings: string[] = []
    const scenario = await open(
      engine,
      'file_path = "exports/{batch_id}.csv"\nformat = "csv"\nexport_mode = "batch"',
      {
        source: 't.landing',
        onEvent: (event) => {
          if (event.type === 'warning') warnings.push(`${event.code} ${event.batch}`)
        },
      },
    )
    await deliver(scenario, 1, 2, 3)
    expect(await batchesOf(scenario)).toEqual([2, 3])
    expect(warnings).toEqual(['QRN-EXPORT-004 1'])
    expect(await readExport(scenario, '2.csv')).toContain('a,9,2,')
    expect(await batchesOf(scenario)).toEqual([])
    expect(warnings).toEqual(['QRN-EXPORT-004 1'])
    expect(await scenario.runCode({ flows: ['x'], batches: { from: 1, to: 1 } })).toBe(
      'QRN-EXPORT-003',
    )
  })

  it('a batch that is asked for is exported again, and one that was applied anew as well', async () => {
    const scenario = await open(
      engine,
      'file_path = "exports/{batch_id}.csv"\nformat = "csv"\nexport_mode = "changes_only"',
    )
    await deliver(scenario, 1, 2)
    await scenario.runOk()
    await rm(join(scenario.directory, 'exports/1.csv'))
    // Handed over and taken away: nothing to do.
    expect(await batchesOf(scenario)).toEqual([])
    await scenario.runOk({ flows: ['x'], batches: { from: 1, to: 1 } })
    expect(await exportedFiles(scenario)).toEqual(['1.csv', '2.csv'])
    expect(await scenario.runCode({ flows: ['x'], batches: { from: 7, to: 8 } })).toBe(
      'QRN-RUN-008',
    )
    await scenario.runOk({ flows: ['t'], fullRefresh: true })
    expect((await scenario.qarion.plan({ flows: ['x'] })).flows[0]?.batches).toMatchObject([
      { batch: 1, reason: 'source_changed' },
      { batch: 2, reason: 'source_changed' },
    ])
    expect(await batchesOf(scenario)).toEqual([1, 2])
    await scenario.runOk({ flows: ['x'], fullRefresh: true })
    expect(await batchesOf(scenario)).toEqual([])
  })

  it('another definition: all batches again; another name of the flow: none', async () => {
    const keys = (delimiter: string, path = '{batch_id}.csv'): string =>
      exportFlow(
        `file_path = "exports/${path}"\nformat = "csv"\nexport_mode = "changes_only"\ndelimiter = "${delimiter}"`,
      )
    const scenario = await open(engine, '', { otherFlows: { x: keys(',') } })
    const redefine = async (text: string): Promise<void> => {
      await writeFile(join(scenario.directory, 'flows/x.toml'), text)
      await scenario.restart()
    }
    await deliver(scenario, 1, 2)
    await scenario.runOk()
    await redefine(keys(',').replace('id = "x"\n', 'id = "x"\nname = "Other"\n'))
    expect(await batchesOf(scenario)).toEqual([])
    await redefine(keys(';'))
    expect((await scenario.qarion.plan({ flows: ['x'] })).flows[0]?.batches).toMatchObject([
      { batch: 1, action: 'export', reason: 'definition_changed', files: ['exports/1.csv'] },
      { batch: 2, action: 'export', reason: 'definition_changed' },
    ])
    expect(await batchesOf(scenario)).toEqual([1, 2])
    expect(await readExport(scenario, '2.csv')).toContain('a;9;2;')
    await redefine(keys(';', 'new/{batch_id}.csv'))
    expect(await batchesOf(scenario)).toEqual([1, 2])
    expect(await exportedFiles(scenario)).toEqual(['1.csv', '2.csv', 'new/1.csv', 'new/2.csv'])
    await redefine(keys(';'))
    expect(await batchesOf(scenario)).toEqual([1, 2])
  })

  it('batch_id: this batch alone, once it is there', async () => {
    const scenario = await open(
      engine,
      'file_path = "exports/two.csv"\nformat = "csv"\nexport_mode = "batch"\nbatch_id = 2',
    )
    await deliver(scenario, 1)
    expect(await batchesOf(scenario)).toEqual([])
    await deliver(scenario, 2, 3)
    expect(await batchesOf(scenario)).toEqual([2])
    expect(await lines(scenario, 'two.csv')).toEqual(['a,9,2,changed'])
    expect(await batchesOf(scenario)).toEqual([])
  })

  it('status, runs and show know what was written', async () => {
    const scenario = await open(
      engine,
      'file_path = "exports/{batch_id}.csv"\nformat = "csv"\nexport_mode = "changes_only"',
    )
    const { qarion } = scenario
    await deliver(scenario, 1)
    expect(await qarion.status(['x'])).toMatchObject([{ waiting: [] }])
    await scenario.runOk({ flows: ['t'] })
    expect(await qarion.status(['x'])).toMatchObject([
      {
        waiting: [{ batch: 1, files: ['exports/1.csv'], action: 'export' }],
        // What is in memory must be loaded in the same run.
        nextCommand: engine === 'polars_memory' ? 'qarion run' : 'qarion run x',
      },
    ])
    const { run } = await scenario.runOk()
    const [status] = await qarion.status(['x'])
    expect(status).toMatchObject({
      newestBatch: { batch: 1, counts: { exported: 2 } },
      waiting: [],
      nextCommand: 'qarion show x',
    })
    expect((await qarion.getRun(run.id))?.flows.find(({ flow }) => flow === 'x')).toMatchObject({
      status: 'succeeded',
      batches: [{ batch: 1, files: ['exports/1.csv'], counts: { exported: 2 } }],
    })
    const shown = await qarion.show({ dataset: 'x', columns: ['xt_batch_id', 'path', 'row_count'] })
    const rows = []
    for await (const batch of shown.batches) rows.push(...rowsOf(batch))
    expect(rows).toEqual([[1n, 'exports/1.csv', 2n]])
    await expect(qarion.revert('x')).rejects.toMatchObject({ code: 'QRN-RUN-010' })
  })

  it('partitions: a folder per value, NULL and what reads like it apart, emptied ones removed', async () => {
    const scenario = await open(
      engine,
      'file_path = "exports/all.csv"\nformat = "csv"\npartition_by = ["v"]',
      { source: 't.current' },
    )
    await scenario.deliver('d1.csv', 'id,v\na,EU/1\nb,\nc,__null__\nd,EU/1\ne,é %\n')
    await scenario.runOk()
    expect(await exportedFiles(scenario)).toEqual([
      'v=%5F_null__/all.csv',
      'v=%C3%A9%20%25/all.csv',
      'v=EU%2F1/all.csv',
      'v=__null__/all.csv',
    ])
    expect(await readExport(scenario, 'v=EU%2F1/all.csv')).toBe('id,v\na,EU/1\nd,EU/1\n')
    expect(await readExport(scenario, 'v=__null__/all.csv')).toBe('id,v\nb,\n')
    expect(await batchesOf(scenario)).toEqual([])
    await scenario.deliver('d2.csv', 'id,v\na,EU/1\nz,new\n')
    await scenario.runOk()
    expect(await exportedFiles(scenario)).toEqual(['v=EU%2F1/all.csv', 'v=new/all.csv'])
    expect(await batchesOf(scenario)).toEqual([])
  })
})

const FLOW = `
[input]
primary_key = ["id"]
columns = [
  { name = "id", schema_type = "string", required = true },
  { name = "v", schema_type = "string" },
]
`
