import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { isQarionError, type OptionDescriptor, type QarionError } from '@qarion/core'
import { onTestFinished } from 'vitest'

import { loadProject, type LoadedProject, type LoadProjectRequest } from '../src/index.ts'

export const ENGINES: Record<string, readonly OptionDescriptor[]> = {
  sqlite: [{ name: 'path', type: 'path', isRequired: true, description: 'File of the database.' }],
  duckdb: [
    { name: 'path', type: 'path', isRequired: true, description: 'File of the database.' },
    { name: 'memory_limit', type: 'size', default: '1GB', description: 'Most memory.' },
    { name: 'threads', type: 'integer', minimum: 1, maximum: 64, description: 'Threads.' },
    { name: 'password', type: 'secret', description: 'Password.' },
    { name: 'read_only', type: 'boolean', default: false, description: 'Read only.' },
  ],
  polars_local: [{ name: 'storage_dir', type: 'path', isRequired: true, description: 'Folder.' }],
}

export const FORMATS: Record<string, readonly OptionDescriptor[]> = {
  csv: [
    { name: 'source_path', type: 'path', description: 'The same as in every load.' },
    { name: 'delimiter', type: 'string', default: ',', description: 'Between fields.' },
    { name: 'header', type: 'boolean', default: true, description: 'Whether there is a header.' },
  ],
  json: [{ name: 'records', type: 'string', description: 'Path of the records.' }],
}

export const EXPORT_FORMATS: Record<string, readonly OptionDescriptor[]> = {
  csv: [{ name: 'delimiter', type: 'string', default: ',', description: 'Between fields.' }],
  parquet: [{ name: 'row_group_size', type: 'integer', minimum: 1, description: 'Rows.' }],
}

export const FLOW_TYPES: Record<string, readonly OptionDescriptor[]> = {
  change_feed: [
    { name: 'change_detection_columns', type: 'columns', description: 'Compared columns.' },
    { name: 'include_unchanged', type: 'boolean', default: false, description: 'All rows.' },
    { name: 'max_deleted_fraction', type: 'number', minimum: 0, maximum: 1, description: 'Limit.' },
    {
      name: 'on_empty',
      type: 'choice',
      choices: ['fail', 'skip', 'accept'],
      default: 'fail',
      description: 'Empty.',
    },
    { name: 'deleted_when', type: 'expression', description: 'Condition.' },
    { name: 'session_gap', type: 'duration', description: 'Gap.' },
    { name: 'compare', type: 'json', description: 'How values are compared.' },
    { name: 'headers', type: 'table', description: 'Any keys.' },
  ],
}

/** Flows of this type read the dataset of `[properties.export]`, or the one that `reads` names. */
export const READER: readonly OptionDescriptor[] = [
  { name: 'reads', type: 'string', description: 'A dataset.' },
]

export const DATASETS: readonly string[] = ['landing', 'change_feed', 'rejects', 'current']

export const PROJECT = `[project]
name = "shop"

[engine]
name = "sqlite"
[engine.config]
path = "data/shop.db"
`

export const FLOW = `id = "orders"
flow_type = "change_feed"
namespace = "raw"

[input]
primary_key = ["order_id"]
columns = [
  { name = "order_id", schema_type = "integer", required = true },
  { name = "amount", schema_type = "decimal", precision = 12, scale = 2 },
]

[properties.load]
source_path = "data/orders"
file_pattern = "orders_*.csv"
format = "csv"
`

const lookup = (tables: Record<string, readonly OptionDescriptor[]>) => ({
  ids: Object.keys(tables),
  options: (id: string) => (Object.hasOwn(tables, id) ? tables[id] : undefined),
})

/** Writes files into a new folder that is removed when the test has ended. */
export function writeProject(files: Record<string, string | Uint8Array>): string {
  const directory = mkdtempSync(join(tmpdir(), 'qarion-config-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), content)
  }
  return directory
}

/** Loads a project of these files with the plugins above. */
export function load(
  files: Record<string, string | Uint8Array>,
  request: Partial<LoadProjectRequest> = {},
): Promise<LoadedProject> {
  return loadProject({
    projectDirectory: writeProject(files),
    env: {},
    engines: lookup(ENGINES),
    loaders: lookup(FORMATS),
    exporters: lookup(EXPORT_FORMATS),
    flowTypes: { ...lookup(FLOW_TYPES), datasets: () => DATASETS },
    ...request,
  })
}

/** The error that loading these files throws. */
export async function failure(
  files: Record<string, string | Uint8Array>,
  request: Partial<LoadProjectRequest> = {},
): Promise<QarionError> {
  try {
    await load(files, request)
  } catch (thrown) {
    if (isQarionError(thrown)) return thrown
    throw thrown
  }
  throw new Error('the project loaded')
}

/** `code file:line:column` of every problem. */
export function summary(error: QarionError): readonly string[] {
  return error.problems.map(
    ({ code, place }) => `${code} ${place?.file}:${place?.line}:${place?.column}`,
  )
}
