import {
  isQarionError,
  QarionError,
  type Dataset,
  type DatasetId,
  type ExportDefinition,
  type FlowDefinition,
} from '@qarion/core'
import { parsePathTemplate, suggestName } from '@qarion/plan'

import { throwProblems } from '../definition-problems.ts'
import { exportFlowError } from './export-flow-errors.ts'

/** `[properties.export]` checked against the dataset that it names. */
export interface ExportSettings {
  readonly definition: ExportDefinition
  readonly source: Dataset
}

type Report = (...problem: Parameters<typeof exportFlowError>) => void

/** Reads `[properties.export]`; throws one QarionError that holds every problem. */
export function readExportSettings(
  flow: FlowDefinition,
  sources: ReadonlyMap<DatasetId, Dataset>,
): ExportSettings {
  const { export: definition } = flow
  if (definition === undefined)
    throw exportFlowError('QRN-EXPORTFLOW-001', flow.id, 'nothing says what is exported', {
      path: ['properties'],
    })
  const problems: QarionError[] = []
  const report: Report = (...problem) => void problems.push(exportFlowError(...problem))
  checkInput(flow, report)
  const source = sources.get(definition.sourceDatasetId)
  if (source === undefined)
    throw exportFlowError(
      'QRN-EXPORTFLOW-003',
      flow.id,
      `there is no dataset "${definition.sourceDatasetId}"`,
      {
        hint: suggestName(definition.sourceDatasetId, [...sources.keys()], 'datasets'),
        path: pathOf('source_dataset_id'),
      },
    )
  checkPath(flow.id, definition, report, problems)
  checkMode(flow.id, definition, source, report)
  checkPartitions(flow.id, definition, source, report)
  throwProblems(flow, problems, 'QRN-EXPORTFLOW-008')
  return { definition, source }
}

function pathOf(key: string): readonly string[] {
  return ['properties', 'export', key]
}

function checkInput({ id, input, load }: FlowDefinition, report: Report): void {
  if (load !== undefined)
    report('QRN-EXPORTFLOW-002', id, 'an export flow loads no files', {
      path: ['properties', 'load'],
    })
  if (input.columns.length > 0 || input.primaryKey.length > 0)
    report('QRN-EXPORTFLOW-002', id, 'an export flow declares no columns', { path: ['input'] })
}

/** Names of files in the making start so; a file of that name would be taken for one that was left behind. */
const RESERVED_NAME = /^\.+qarion-/

function checkPath(
  flow: string,
  { filePath, exportMode, batchId }: ExportDefinition,
  report: Report,
  problems: QarionError[],
): void {
  const path = pathOf('file_path')
  const name = filePath.slice(filePath.lastIndexOf('/') + 1)
  if (name === '' || name === '.' || name === '..' || RESERVED_NAME.test(name))
    report('QRN-EXPORTFLOW-007', flow, `"${filePath}" names no file that can be written`, { path })
  try {
    const { names } = parsePathTemplate(filePath)
    if (exportMode !== 'full' && batchId === undefined && names.length === 0)
      report('QRN-EXPORTFLOW-004', flow, `every batch would be written to "${filePath}"`, { path })
  } catch (thrown) {
    if (!isQarionError(thrown)) throw thrown
    problems.push(
      new QarionError(thrown.code, 'configuration', `flow "${flow}": ${thrown.message}`, {
        ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
        data: { path },
      }),
    )
  }
}

function checkMode(
  flow: string,
  { exportMode, batchId }: ExportDefinition,
  source: Dataset,
  report: Report,
): void {
  if (exportMode === 'full') {
    if (batchId === undefined) return
    report('QRN-EXPORTFLOW-005', flow, 'batch_id is set, and export_mode is "full"', {
      path: pathOf('batch_id'),
    })
  } else if (!source.columns.some(({ name }) => name === 'xt_batch_id')) {
    report(
      'QRN-EXPORTFLOW-003',
      flow,
      `export_mode "${exportMode}" goes batch by batch, and "${source.id}" has no xt_batch_id`,
      { path: pathOf('export_mode') },
    )
  }
}

function checkPartitions(
  flow: string,
  { partitionBy }: ExportDefinition,
  source: Dataset,
  report: Report,
): void {
  const known = source.columns.map(({ name }) => name)
  for (const [index, name] of partitionBy.entries()) {
    const path = [...pathOf('partition_by'), String(index)]
    if (!known.includes(name))
      report('QRN-EXPORTFLOW-006', flow, `"${source.id}" has no column "${name}"`, {
        hint: suggestName(name, known, 'columns'),
        path,
      })
    else if (partitionBy.indexOf(name) < index)
      report('QRN-EXPORTFLOW-006', flow, `partition_by names "${name}" twice`, { path })
  }
}
