import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { isQarionError, type ExporterPlugin, type QarionError } from '@qarion/core'
import { createQarion } from '@qarion/sdk'
import { describe, expect, it } from 'vitest'

import { ALL_PLUGINS, ENGINE_IDS, PERSISTENT_ENGINE_IDS, type EngineId } from '../src/index.ts'
import { exportedFiles, exportFlow, openExports, readExport } from './export-support.ts'

const BATCHES = 'file_path = "exports/{batch_id}.csv"\nformat = "csv"\nexport_mode = "changes_only"'
const WHOLE = 'file_path = "exports/now.csv"\nformat = "csv"'

const open = openExports()

/** What validating a project with this flow file reports: code, line, message and hint. */
async function problemsOf(...texts: readonly string[]): Promise<QarionError[]> {
  const otherFlows = Object.fromEntries(texts.map((text, index) => [`a_${index}`, text]))
  const scenario = await open('sqlite', '', { otherFlows })
  try {
    await scenario.qarion.validate()
  } catch (thrown) {
    if (!isQarionError(thrown)) throw thrown
    return thrown.problems.length === 0 ? [thrown] : [...thrown.problems]
  }
  return []
}

describe('definitions', () => {
  it('that are good have no problem', async () => {
    expect(await problemsOf(exportFlow(BATCHES))).toEqual([])
  })

  it.each<[string, string, string, RegExp, number | undefined]>([
    ['unknown dataset', exportFlow(WHOLE, 't.change_fed'), 'QRN-CONFIG-029', /t\.change_feed/, 6],
    ['unknown flow', exportFlow(WHOLE, 'tt.current'), 'QRN-CONFIG-029', /Known here: .*`t`/, 6],
    [
      'unknown format',
      exportFlow(WHOLE.replace('"csv"', '"avro"')),
      'QRN-PLUGIN-',
      /avro|Install/,
      8,
    ],
    ['unknown key', exportFlow(`${WHOLE}\ndelimitter = ";"`), 'QRN-CONFIG-007', /delimiter/, 9],
    [
      'option of another format',
      exportFlow(`${WHOLE}\nrow_group_size = 5`),
      'QRN-CONFIG-007',
      /row_group_size/,
      9,
    ],
    ['no path', exportFlow('format = "csv"'), 'QRN-CONFIG-008', /file_path/, 5],
    [
      'a way out',
      exportFlow(WHOLE.replace('exports', '../exports')),
      'QRN-CONFIG-021',
      /leaves/,
      7,
    ],
    [
      'an address',
      exportFlow(WHOLE.replace('exports', 's3://exports')),
      'QRN-CONFIG-021',
      /address/,
      7,
    ],
    [
      'one file for all',
      exportFlow(BATCHES.replace('{batch_id}', 'x')),
      'QRN-EXPORTFLOW-004',
      /every batch/,
      7,
    ],
    [
      'unknown placeholder',
      exportFlow(BATCHES.replace('batch_id', 'batchid')),
      'QRN-PLAN-018',
      /batch_id/,
      7,
    ],
    ['no batches', exportFlow(BATCHES, 't.current'), 'QRN-EXPORTFLOW-003', /xt_batch_id/, 9],
    ['a batch of all', exportFlow(`${WHOLE}\nbatch_id = 3`), 'QRN-EXPORTFLOW-005', /batch_id/, 9],
    ['batch 0', exportFlow(`${BATCHES}\nbatch_id = 0`), 'QRN-CONFIG-', /batch_id/, 10],
    [
      'unknown column',
      exportFlow(`${WHOLE}\npartition_by = ["w"]`),
      'QRN-EXPORTFLOW-006',
      /"w"/,
      9,
    ],
    [
      'a column twice',
      exportFlow(`${WHOLE}\npartition_by = ["v", "v"]`),
      'QRN-EXPORTFLOW-006',
      /twice/,
      9,
    ],
    [
      'a reserved name',
      exportFlow(WHOLE.replace('now', '.qarion-x')),
      'QRN-EXPORTFLOW-007',
      /names no file/,
      7,
    ],
    [
      'no export',
      exportFlow(WHOLE).replace(/\[properties[\s\S]*/, ''),
      'QRN-EXPORTFLOW-001',
      /nothing/,
      undefined,
    ],
    [
      'an input',
      exportFlow(WHOLE).replace(
        '[prop',
        '[input]\nprimary_key = []\ncolumns = [{ name = "a", schema_type = "string" }]\n[prop',
      ),
      'QRN-EXPORTFLOW-002',
      /columns/,
      5,
    ],
    [
      'an export of a change feed',
      `${exportFlow(WHOLE).replace('export_flow', 'change_feed')}\n[input]\nprimary_key = ["a"]\ncolumns = [{ name = "a", schema_type = "string", required = true }]\n`,
      'QRN-SDK-003',
      /writes no files/,
      undefined,
    ],
  ])('%s', async (_, text, code, message, line) => {
    const [problem, ...others] = await problemsOf(text)
    expect(others).toEqual([])
    expect(problem?.code).toMatch(new RegExp(`^${code}`))
    expect(`${problem?.message} ${problem?.hint}`).toMatch(message)
    expect(problem?.place?.file).toBe('flows/a_0.toml')
    if (line !== undefined) expect(problem?.place?.line).toBe(line)
  })

  it('that read each other in a circle are named', async () => {
    const problems = await problemsOf(
      exportFlow(WHOLE, 'y.files', 'x'),
      exportFlow(WHOLE, 'x.files', 'y'),
      exportFlow(WHOLE, 'x.files', 'z'),
    )
    expect(problems.map(({ code, place }) => `${code} ${place?.file}:${place?.line}`)).toEqual([
      'QRN-CONFIG-030 flows/a_0.toml:6',
      'QRN-CONFIG-030 flows/a_1.toml:6',
    ])
    expect(problems[0]?.message).toContain('`x`, `y`')
  })

  it('all problems of a definition come together', async () => {
    const problems = await problemsOf(
      exportFlow(`${BATCHES.replace('{batch_id}', 'x')}\npartition_by = ["w"]`, 't.current'),
    )
    expect(problems.map(({ code }) => code).toSorted()).toEqual([
      'QRN-EXPORTFLOW-003',
      'QRN-EXPORTFLOW-004',
      'QRN-EXPORTFLOW-006',
    ])
  })
})

describe.each(ENGINE_IDS)('%s', (engine: EngineId) => {
  it('a source that was never run: nothing to do', async () => {
    const scenario = await open(engine, WHOLE)
    const { status, errors } = await scenario.run({ flows: ['x'] })
    expect([status, errors]).toEqual(['nothing_to_do', []])
  })

  it('a file that the flow did not write stays, unless it may be replaced', async () => {
    const scenario = await open(engine, WHOLE)
    await mkdir(join(scenario.directory, 'exports'))
    await writeFile(join(scenario.directory, 'exports/now.csv'), 'mine')
    await scenario.deliver('d1.csv', 'id,v\na,1\n')
    await scenario.runOk({ flows: ['t'] })
    const [planned] = (await scenario.qarion.plan({ flows: ['x'] })).flows
    expect(planned?.refusal).toMatchObject({ code: 'QRN-EXPORT-001' })
    const { status, errors } = await scenario.run({ flows: ['x'] })
    expect(status).toBe('refused')
    expect(errors[0]?.error).toMatchObject({ code: 'QRN-EXPORT-001', reason: 'guard' })
    expect(await readExport(scenario, 'now.csv')).toBe('mine')
    expect(await exportedFiles(scenario)).toEqual(['now.csv'])

    await writeFile(
      join(scenario.directory, 'flows/a_x.toml'),
      exportFlow(`${WHOLE}\non_existing = "replace"`),
    )
    await scenario.restart()
    await scenario.runOk()
    expect(await readExport(scenario, 'now.csv')).toContain('a,1,1,')
  })

  it('two batches never share a file', async () => {
    const scenario = await open(engine, BATCHES.replace('{batch_id}', '{batch_time:yyyy}'))
    await scenario.deliver('d1.csv', 'id,v\na,1\n')
    await scenario.runOk({ batchTime: '2024-01-01T00:00:00Z' })
    const before = await readExport(scenario, '2024.csv')
    await scenario.deliver('d2.csv', 'id,v\na,2\n')
    expect(await scenario.runCode({ batchTime: '2024-01-02T00:00:00Z' })).toBe('QRN-EXPORT-002')
    expect(await readExport(scenario, '2024.csv')).toBe(before)
  })

  it('a folder under the name, a way through a file, a link out of the project', async () => {
    const scenario = await open(engine, WHOLE)
    await scenario.deliver('d1.csv', 'id,v\na,1\n')
    const exports = join(scenario.directory, 'exports')
    await mkdir(join(exports, 'now.csv'), { recursive: true })
    expect(await scenario.runCode()).toBe('QRN-FILE-004')
    await rm(exports, { recursive: true })
    await writeFile(exports, 'file')
    expect(await scenario.runCode()).toBe('QRN-FILE-004')
    await rm(exports)
    const outside = await mkdtemp(join(tmpdir(), 'qarion-outside-'))
    try {
      await symlink(outside, exports)
      expect(await scenario.runCode()).toBe('QRN-FILE-001')
      expect(await exportedFiles({ directory: outside })).toEqual([])
      await rm(exports)
      await mkdir(exports)
      await symlink(join(outside, 'now.csv'), join(exports, 'now.csv'))
      expect(await scenario.runCode()).toBe('QRN-FILE-001')
    } finally {
      await rm(outside, { recursive: true, force: true })
    }
    await rm(join(exports, 'now.csv'))
    await scenario.runOk()
    expect(await exportedFiles(scenario)).toEqual(['now.csv'])
  })

  it('a partition that is in the way of a file leaves nothing of the others', async () => {
    const scenario = await open(engine, `${WHOLE}\npartition_by = ["v"]`)
    await scenario.deliver('d1.csv', 'id,v\na,1\nb,2\nc,3\n')
    await scenario.runOk({ flows: ['t'] })
    await mkdir(join(scenario.directory, 'exports/v=3'), { recursive: true })
    await writeFile(join(scenario.directory, 'exports/v=3/now.csv'), 'mine')
    expect(await scenario.runCode()).toBe('QRN-EXPORT-001')
    expect(await exportedFiles(scenario)).toEqual(['v=3/now.csv'])
    expect(await readFile(join(scenario.directory, 'exports/v=3/now.csv'), 'utf8')).toBe('mine')
  })
})

describe.each(PERSISTENT_ENGINE_IDS)('%s, whose data outlasts the process', (engine: EngineId) => {
  it('what fails while it is written leaves the file that was there and nothing else', async () => {
    const scenario = await open(engine, WHOLE)
    await scenario.deliver('d1.csv', 'id,v\na,1\n')
    await scenario.runOk()
    const before = await readExport(scenario, 'now.csv')
    await scenario.deliver('d2.csv', 'id,v\na,2\n')
    const qarion = createQarion({
      projectDirectory: scenario.directory,
      env: process.env,
      discover: false,
      plugins: ALL_PLUGINS.map((plugin) =>
        plugin.kind === 'exporter' && plugin.id === 'csv'
          ? onFullDisk(plugin as ExporterPlugin)
          : plugin,
      ),
    })
    const { errors } = await qarion.run()
    await qarion.close()
    expect(errors[0]?.error).toMatchObject({ code: 'QRN-FILE-005', reason: 'resource' })
    expect(errors[0]?.error.message).toContain('exports/now.csv cannot be written')
    expect(errors[0]?.error.message).not.toContain('.qarion-')
    expect(await readExport(scenario, 'now.csv')).toBe(before)
    expect(await exportedFiles(scenario)).toEqual(['now.csv'])
    await scenario.runOk()
    expect(await readExport(scenario, 'now.csv')).toContain('a,2,2,')
  })
})

/** The exporter on a device that has room for the first batch only: what the system says then is thrown. */
function onFullDisk(plugin: ExporterPlugin): ExporterPlugin {
  return {
    ...plugin,
    create: async (host, options) => {
      const exporter = await plugin.create(host, options)
      return {
        extension: exporter.extension,
        write: (request) =>
          exporter.write({
            ...request,
            batches: (async function* () {
              yield* request.batches
              throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
            })(),
          }),
      }
    },
  }
}
