import {
  compareNatural,
  type ColumnBatch,
  type FileScan,
  type InputColumn,
  type LoadDefinition,
  type Loader,
  type Task,
  type TaskContext,
  type TaskDefinition,
  type TaskPlan,
  type TaskResult,
  type TaskSurroundings,
} from '@qarion/core'
import { suggestName } from '@qarion/plan'

import { targetOf } from '../task-datasets.ts'
import { settingError, taskError } from '../task-errors.ts'

interface Options {
  readonly load: LoadDefinition
  readonly columns: readonly InputColumn[]
}

/** The task `ingestion`: all rows of files in the place of those of the target. */
export const ingestion: Task = Object.freeze({
  plan(task: TaskDefinition, surroundings: TaskSurroundings): TaskPlan {
    const columns = columnsOf(task, surroundings)
    const target = targetOf(task, surroundings, columns, 'FULL_REFRESH')
    const load = loadOf(task)
    const { operation } = task.properties
    const options: Options = { load, columns }
    return {
      title: typeof operation === 'string' ? operation : `Load ${load.sourcePath ?? ''}`,
      target,
      options: { ...options },
    }
  },
  async run(context: TaskContext): Promise<TaskResult> {
    const { load, columns } = context.options as unknown as Options
    const { signal } = context
    const loader = await context.loader(load)
    const files = await loader.discover({ columns, primaryKey: [], previous: [], signal })
    const scans: FileScan[] = []
    for (const file of files.toSorted((left, right) => compareNatural(left.name, right.name)))
      scans.push(await loader.scan(file, columns, signal))
    let rows = 0
    return {
      load: async function* rowsOfFiles() {
        rows = 0
        for await (const batch of readAll(loader, scans, columns, signal)) {
          rows += batch.rowCount
          yield batch
        }
      },
      // Known once the rows are written.
      get value() {
        return {
          rows,
          files: scans.map(({ file, contentHash }) => ({ name: file.name, hash: contentHash })),
        }
      },
    }
  },
})

function columnsOf(
  { properties }: TaskDefinition,
  { flow }: TaskSurroundings,
): readonly InputColumn[] {
  const declared = flow.input.columns
  if (declared.length === 0) {
    throw settingError(
      'QRN-TASK-001',
      'the flow declares no columns',
      [],
      'Add [input] columns = [{ name = "…", schema_type = "…" }].',
    )
  }
  const names = properties['columns'] as readonly string[] | undefined
  return (names ?? declared.map(({ name }) => name)).map((name, index) => {
    const found = declared.find((column) => column.name === name)
    if (found !== undefined) return found
    throw settingError(
      'QRN-TASK-002',
      `[input] declares no column "${name}"`,
      ['properties', 'columns', index],
      suggestName(
        name,
        declared.map((column) => column.name),
        'columns',
      ),
    )
  })
}

function loadOf({ properties, formatOptions }: TaskDefinition): LoadDefinition {
  const { path, file_path: filePath, file_pattern: pattern } = properties
  if ((path === undefined) === (filePath === undefined)) {
    throw settingError(
      path === undefined ? 'QRN-TASK-001' : 'QRN-TASK-002',
      path === undefined ? 'nothing says what it loads' : 'path and file_path are the same setting',
      path === undefined ? [] : ['properties', 'file_path'],
      path === undefined ? 'Add path to [tasks.properties].' : 'Remove one of them.',
    )
  }
  return {
    format: properties['format'] as string,
    sourcePath: (path ?? filePath) as string,
    ...(pattern === undefined ? {} : { filePattern: pattern as string }),
    batchBy: 'run',
    fileOrder: 'natural',
    onChangedFile: 'new_batch',
    minAgeMs: 0,
    timezone: properties['timezone'] as string,
    ambiguousTime: 'earlier',
    maxRejects: 0,
    onUnreadableKey: 'fail',
    onExtraColumn: properties['on_extra_column'] as LoadDefinition['onExtraColumn'],
    emptyString: 'null',
    nullValues: [],
    retention: { landingBatches: 2 },
    options: formatOptions,
  }
}

async function* readAll(
  loader: Loader,
  scans: readonly FileScan[],
  columns: readonly InputColumn[],
  signal: AbortSignal,
): AsyncGenerator<ColumnBatch> {
  for (const scan of scans) {
    const order = columns.map(({ name }) =>
      scan.columns.findIndex(({ column }) => column.name === name),
    )
    for await (const { batch, rejects } of loader.read(scan, signal)) {
      const [reject] = rejects
      if (reject !== undefined) {
        const [problem] = reject.problems
        throw taskError(
          'QRN-TASK-010',
          'data',
          `${scan.file.name}:${reject.line}: ${problem === undefined ? 'the row cannot be read' : `${problem.column}: ${problem.reason}`}`,
          { place: { file: scan.file.name, line: reject.line } },
        )
      }
      yield {
        ...batch,
        columns: order.map((index) => batch.columns[index] as ColumnBatch['columns'][number]),
      }
    }
  }
}
