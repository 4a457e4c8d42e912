import type { ExporterPlugin } from '@qarion/core'
import { createQarion } from '@qarion/sdk'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { ALL_PLUGINS, DEFAULT_FLOW, type EngineId, type Scenario } from '../src/index.ts'
import {
  createExport,
  exportedFiles,
  exportFlow,
  openExports,
  readExport,
} from './export-support.ts'

const open = openExports()

type CreateExporter = ExporterPlugin['create']

/** Runs with each exporter put in the place of the one that there is. */
async function runWith(
  { directory }: Scenario,
  change: (exporter: Awaited<ReturnType<CreateExporter>>) => ReturnType<CreateExporter>,
  flows: readonly string[] = ['t', 'x'],
): Promise<readonly string[]> {
  const qarion = createQarion({
    projectDirectory: directory,
    env: process.env,
    discover: false,
    plugins: ALL_PLUGINS.map((plugin) => {
      if (plugin.kind !== 'exporter') return plugin
      const exporterPlugin = plugin as ExporterPlugin
      return {
        ...plugin,
        create: async (...given: Parameters<CreateExporter>) =>
          change(await exporterPlugin.create(...given)),
      }
    }),
  })
  try {
    const { errors } = await qarion.run({ flows })
    return errors.map(({ error }) => error.message)
  } finally {
    await qarion.close()
  }
}

/** Only the engine can write. */
const byEngine = (scenario: Scenario, flows?: readonly string[]): ReturnType<typeof runWith> =>
  runWith(
    scenario,
    (exporter) => ({
      ...exporter,
      write: () => Promise.reject(new Error('the exporter was asked')),
    }),
    flows,
  )

/** Only the exporter can write. */
const byExporter = (scenario: Scenario, flows?: readonly string[]): ReturnType<typeof runWith> =>
  runWith(
    scenario,
    (exporter) => ({
      extension: exporter.extension,
      write: (request) => exporter.write(request),
    }),
    flows,
  )

const keys = (format: string, more = '', file = 'rows'): string =>
  `file_path = "exports/${file}"\nformat = "${format}"${more}`

const WRITTEN: readonly (readonly [EngineId, string])[] = [
  ['sqlite', 'csv'],
  ['duckdb', 'parquet'],
]

describe.each(WRITTEN)('%s writes %s itself', (engine: EngineId, format: string) => {
  it('in place of the exporter, and not where there are partitions', async () => {
    const whole = await open(engine, keys(format))
    await whole.deliver('d1.csv', 'id,v\na,1\n')
    expect(await byEngine(whole)).toEqual([])
    expect(await exportedFiles(whole)).toEqual(['rows'])
    const parts = await open(engine, keys(format, '\npartition_by = ["v"]'))
    await parts.deliver('d1.csv', 'id,v\na,1\n')
    expect(await byEngine(parts)).toEqual([expect.stringContaining('the exporter was asked')])
    expect(await byExporter(parts)).toEqual([])
    expect(await exportedFiles(parts)).toEqual(['v=1/rows'])
  })

  it('and counts rows on the way', async () => {
    const seen: number[] = []
    const scenario = await open(engine, keys(format), {
      onEvent: (event) => {
        if (event.type === 'step_finished' && event.flow === 'x')
          seen.push(...Object.values(event.rowCounts))
      },
    })
    await scenario.deliver(
      'd1.csv',
      `id,v\n${'a b c d'.replaceAll(/\w/g, '$&,1\n').replaceAll(' ', '')}`,
    )
    await scenario.runOk()
    expect(seen).toEqual([4])
    expect((await scenario.qarion.run({ flows: ['x'] })).status).toBe('nothing_to_do')
  })
})

const FLOW = `${DEFAULT_FLOW}
[properties]
on_empty = "accept"

[properties.load]
source_path = "data"
file_pattern = "d*.csv"
format = "csv"
empty_string = "quoted"
`

describe('sqlite', () => {
  const cell = fc.constantFrom(null, '', 'x', '"', 'a,b', 'two\nlines', '\u0001', '\ufeffx', 'é😀')
  const delivery = fc.dictionary(fc.constantFrom('a', 'b', 'c,d', '"'), cell)

  it.each(['', '\ncompression = "zstd"', '\nline_ending = "crlf"\nnull_text = "NULL"'])(
    'writes the bytes of the exporter%s',
    { timeout: 120_000 },
    async (more) => {
      const quote = (text: string | null): string =>
        text === null ? '' : `"${text.replaceAll('"', '""')}"`
      await fc.assert(
        fc.asyncProperty(fc.array(delivery, { minLength: 1, maxLength: 3 }), async (deliveries) => {
          const otherFlows = {
            x: exportFlow(keys('csv', more, 'by_engine'), 't.change_feed'),
            y: exportFlow(keys('csv', more, 'by_exporter'), 't.change_feed', 'y'),
          }
          const scenario = await createExport('sqlite', '', { flow: FLOW, otherFlows })
          try {
            for (const [index, rows] of deliveries.entries()) {
              const lines = Object.entries(rows).map((row) => `${row.map(quote).join(',')}\n`)
              await scenario.deliver(`d${index + 1}.csv`, `id,v\n${lines.join('')}`)
            }
            await scenario.runOk({ flows: ['t'] })
            expect(await byEngine(scenario, ['x'])).toEqual([])
            expect(await byExporter(scenario, ['y'])).toEqual([])
            const [engine, exporter] = await Promise.all(
              ['by_engine', 'by_exporter'].map((name) => readExport(scenario, name)),
            )
            expect(engine).toBe(exporter)
          } finally {
            await scenario.close()
          }
        }),
        { numRuns: 8 },
      )
    },
  )
})
