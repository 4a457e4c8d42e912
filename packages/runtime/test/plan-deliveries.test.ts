import type { InputFile, LoadDefinition } from '@qarion/core'
import {
  planDeliveries,
  type DeliveryOptions,
  type DeliveryPlan,
  type State,
} from '@qarion/runtime'
import { describe, expect, it } from 'vitest'

const LOAD: LoadDefinition = {
  format: 'csv',
  sourcePath: 'data',
  filePattern: 'd*.csv',
  batchBy: 'file',
  fileOrder: 'natural',
  onChangedFile: 'fail',
  minAgeMs: 0,
  timezone: 'UTC',
  ambiguousTime: 'earlier',
  maxRejects: 0,
  onUnreadableKey: 'fail',
  onExtraColumn: 'fail',
  emptyString: 'null',
  nullValues: [],
  retention: { landingBatches: 2 },
  options: {},
}

const file = (name: string, captures: Record<string, string> = {}, sizeBytes = 10): InputFile => ({
  path: `/p/${name}`,
  name,
  sizeBytes,
  modifiedAtMs: 1000,
  captures,
})

/** State in which each list of files is a committed batch; the newest two are stored. */
function stateOf(batches: readonly (readonly string[])[]): { state: State; tables: Set<string> } {
  return {
    state: {
      batches: batches.map((_, index) => ({
        flow: 't',
        batch: index + 1,
        revision: 1,
        batchTime: BigInt(index + 1) * 1_000_000n,
        definition: '{}',
        inputFingerprint: '',
        tables: { 't.landing': { table: `t_landing__b${index + 1}`, columns: [] } },
        runId: 'r',
        committedAt: 0n,
      })),
      inputs: batches.flatMap((names, index) =>
        names.map((name, ordinal) => ({
          flow: 't',
          batch: index + 1,
          ordinal,
          name,
          sizeBytes: 10,
          modifiedAtMs: 1000,
          contentHash: name,
          rowCount: 1,
        })),
      ),
      steps: [],
    },
    tables: new Set(batches.map((_, index) => `t_landing__b${index + 1}`).slice(-2)),
  }
}

interface PlanCase {
  readonly load?: Partial<LoadDefinition>
  readonly committed?: readonly (readonly string[])[]
  readonly files: readonly InputFile[]
  readonly options?: Partial<DeliveryOptions>
}

function plan({ load = {}, committed = [], files, options = {} }: PlanCase): Promise<DeliveryPlan> {
  return planDeliveries({
    flow: 't',
    load: { ...LOAD, ...load },
    files,
    ...stateOf(committed),
    isSameContent: (candidate) => Promise.resolve(!candidate.path.includes('changed')),
    options: { isCascade: false, isFullRefresh: false, ...options },
  })
}

const batchesOf = ({ deliveries }: DeliveryPlan): [number, string[]][] =>
  deliveries.map(({ batch, files }) => [batch, files.map(({ name }) => name)])

const changed = (name: string): InputFile => ({
  ...file(name),
  path: '/p/changed',
  modifiedAtMs: 2000,
})

describe('which files are which batch', () => {
  it('one batch per file, in natural order', async () => {
    expect(batchesOf(await plan({ files: [file('d10.csv'), file('d9.csv')] }))).toEqual([
      [1, ['d9.csv']],
      [2, ['d10.csv']],
    ])
  })

  it('by name, 10 comes before 9', async () => {
    expect(
      batchesOf(
        await plan({ load: { fileOrder: 'name' }, files: [file('d10.csv'), file('d9.csv')] }),
      ),
    ).toEqual([
      [1, ['d10.csv']],
      [2, ['d9.csv']],
    ])
  })

  it('all new files of a run together', async () => {
    expect(
      batchesOf(await plan({ load: { batchBy: 'run' }, files: [file('d2.csv'), file('d1.csv')] })),
    ).toEqual([[1, ['d1.csv', 'd2.csv']]])
  })

  it('by a capture: all parts of a day', async () => {
    const part = (name: string, day: string): InputFile =>
      file(name, { batch_time: `2024-01-${day}T00:00:00Z` })
    const planned = await plan({
      load: { batchBy: 'batch_time', fileOrder: 'batch_time' },
      files: [part('d2-a.csv', '02'), part('d1-b.csv', '01'), part('d1-a.csv', '01')],
    })
    expect(batchesOf(planned)).toEqual([
      [1, ['d1-a.csv', 'd1-b.csv']],
      [2, ['d2-a.csv']],
    ])
    expect(planned.deliveries[0]?.batchTime).toBe(BigInt(Date.UTC(2024, 0, 1)) * 1000n)
  })

  it('loaded files are left out, new ones go on counting', async () => {
    expect(
      batchesOf(
        await plan({
          committed: [['d1.csv'], ['d2.csv']],
          files: [file('d1.csv'), file('d2.csv'), file('d3.csv')],
        }),
      ),
    ).toEqual([[3, ['d3.csv']]])
  })

  it('a loaded file that is gone is normal', async () => {
    expect(await plan({ committed: [['d1.csv']], files: [] })).toEqual({
      deliveries: [],
      rebuild: undefined,
      refusal: undefined,
    })
  })

  it('a touched file with the same content is the same', async () => {
    expect(
      (await plan({ committed: [['d1.csv']], files: [{ ...file('d1.csv'), modifiedAtMs: 9 }] }))
        .refusal,
    ).toBeUndefined()
  })

  it('a literal path that changed is the next batch', async () => {
    const { filePattern: _, ...literal } = LOAD
    const planned = await planDeliveries({
      flow: 't',
      load: { ...literal, onChangedFile: 'new_batch' },
      files: [changed('d1.csv')],
      ...stateOf([['d1.csv']]),
      isSameContent: () => Promise.resolve(false),
      options: { isCascade: false, isFullRefresh: false },
    })
    expect(batchesOf(planned)).toEqual([[2, ['d1.csv']]])
  })

  it('only one file, by name', async () => {
    expect(
      batchesOf(
        await plan({ files: [file('d1.csv'), file('d2.csv')], options: { file: 'd1.csv' } }),
      ),
    ).toEqual([[1, ['d1.csv']]])
    await expect(
      plan({ files: [file('d1.csv')], options: { file: 'x.csv' } }),
    ).rejects.toMatchObject({ code: 'QRN-RUN-008' })
  })

  it('batches up to one', async () => {
    const files = [file('d1.csv'), file('d2.csv'), file('d3.csv')]
    expect(batchesOf(await plan({ files, options: { batches: { from: 1, to: 2 } } }))).toHaveLength(
      2,
    )
    await expect(plan({ files, options: { batches: { from: 9, to: 9 } } })).rejects.toMatchObject({
      code: 'QRN-RUN-008',
    })
  })

  it('file_order = batch_time needs a captured time', async () => {
    await expect(
      plan({ load: { fileOrder: 'batch_time' }, files: [file('d1.csv'), file('d2.csv')] }),
    ).rejects.toMatchObject({ code: 'QRN-RUN-013' })
  })
})

describe('what is refused, and what cascade does', () => {
  it('a file that sorts before a loaded one', async () => {
    const request: PlanCase = {
      committed: [['d1.csv'], ['d3.csv']],
      files: [file('d1.csv'), file('d2.csv'), file('d3.csv')],
    }
    expect((await plan(request)).refusal?.code).toBe('QRN-RUN-002')
    const { rebuild } = await plan({ ...request, options: { isCascade: true } })
    expect(rebuild?.from).toBe(2)
    expect(rebuild?.deliveries.map(({ files }) => files[0]?.name)).toEqual(['d2.csv', 'd3.csv'])
    expect(rebuild?.base).toBeUndefined()
  })

  it('a changed file of the newest batch: fail or reload', async () => {
    const request: PlanCase = {
      committed: [['d1.csv'], ['d2.csv']],
      files: [file('d1.csv'), changed('d2.csv')],
    }
    expect((await plan(request)).refusal?.code).toBe('QRN-RUN-003')
    const { rebuild } = await plan({ ...request, load: { onChangedFile: 'reload' } })
    expect(rebuild).toMatchObject({ from: 2, base: undefined })
  })

  it('a changed file of an older batch needs cascade; a base that is no longer stored is loaded again', async () => {
    const request: PlanCase = {
      load: { onChangedFile: 'reload' },
      committed: [['d1.csv'], ['d2.csv'], ['d3.csv'], ['d4.csv']],
      files: [file('d1.csv'), changed('d2.csv'), file('d3.csv'), file('d4.csv')],
    }
    expect((await plan(request)).refusal?.code).toBe('QRN-RUN-004')
    const { rebuild } = await plan({ ...request, options: { isCascade: true } })
    expect(rebuild?.from).toBe(2)
    expect(rebuild?.base).toMatchObject({ batch: 1 })
    expect(rebuild?.deliveries).toHaveLength(3)
  })

  it('an input that is gone is named', async () => {
    const request: PlanCase = {
      committed: [['d1.csv'], ['d2.csv']],
      files: [file('d2.csv')],
      options: { isFullRefresh: true },
    }
    await expect(plan(request)).rejects.toMatchObject({
      code: 'QRN-RUN-005',
      data: { file: 'd1.csv' },
    })
  })

  it('a late part of a loaded day', async () => {
    const part = (name: string): InputFile => file(name, { batch_time: '1970-01-01T00:00:01Z' })
    const request: PlanCase = {
      load: { batchBy: 'batch_time', fileOrder: 'batch_time' },
      committed: [['d1-a.csv']],
      files: [part('d1-a.csv'), part('d1-b.csv')],
    }
    expect((await plan(request)).refusal?.code).toBe('QRN-RUN-002')
    const { rebuild } = await plan({ ...request, options: { isCascade: true } })
    expect(rebuild?.deliveries.map(({ files }) => files.map(({ name }) => name))).toEqual([
      ['d1-a.csv', 'd1-b.csv'],
    ])
  })

  it('a full refresh takes everything', async () => {
    const { rebuild, deliveries } = await plan({
      committed: [['d1.csv'], ['d2.csv']],
      files: [file('d1.csv'), file('d2.csv'), file('d3.csv')],
      options: { isFullRefresh: true },
    })
    expect(rebuild).toMatchObject({ from: 1, base: undefined })
    expect(rebuild?.deliveries).toHaveLength(2)
    expect(deliveries.map(({ batch }) => batch)).toEqual([3])
  })

  it('an older batch by number', async () => {
    const request: PlanCase = {
      committed: [['d1.csv'], ['d2.csv']],
      files: [file('d1.csv'), file('d2.csv')],
      options: { batches: { from: 1, to: 1 } },
    }
    expect((await plan(request)).refusal?.code).toBe('QRN-RUN-004')
    expect(
      (await plan({ ...request, options: { batches: { from: 1, to: 1 }, isCascade: true } }))
        .rebuild?.from,
    ).toBe(1)
    expect(
      (await plan({ ...request, options: { batches: { from: 2, to: 2 } } })).rebuild?.from,
    ).toBe(2)
  })
})
