import {
  DataTypes,
  EXPORTS_DATASET,
  type Dataset,
  type DatasetReference,
  type FlowDefinition,
  type FlowPlan,
  type FlowType,
} from '@qarion/core'
import {
  and,
  column,
  defineFlowDag,
  defineQuery,
  equal,
  exportNode,
  filter,
  from,
  keep,
  named,
  select,
  text,
} from '@qarion/plan'

import { tableName } from '../dataset-table.ts'
import { exportQueries } from './export-queries.ts'
import { readExportSettings } from './export-settings.ts'

/** The flow type `export_flow`: rows of a dataset as files that appear whole or not at all. */
export const exportFlow: FlowType = Object.freeze({
  changeEffects: Object.freeze({}),
  sources: (definition: FlowDefinition): readonly DatasetReference[] =>
    definition.export === undefined
      ? []
      : [
          {
            dataset: definition.export.sourceDatasetId,
            path: ['properties', 'export', 'source_dataset_id'],
          },
        ],
  plan(
    definition: FlowDefinition,
    sources: ReadonlyMap<string, Dataset> = new Map<string, Dataset>(),
  ): FlowPlan {
    const settings = readExportSettings(definition, sources)
    const { source } = settings
    const { batchId, exportMode, filePath, format, onExisting, options, partitionBy } =
      settings.definition
    return Object.freeze({
      datasets: [filesDataset(definition)],
      dag: defineFlowDag(definition.id, [
        exportNode({
          id: 'export',
          title: `Write ${source.id} as ${format}`,
          dataset: source.id,
          queries: exportQueries(settings),
          scope: exportMode === 'full' ? 'dataset' : 'batch',
          ...(batchId === undefined ? {} : { batch: batchId }),
          exporter: format,
          options,
          path: filePath,
          partitionBy,
          onExisting,
        }),
      ]),
      // What was handed out cannot be taken back.
      revert: undefined,
    })
  },
})

/** The view `files`: what the flow wrote, a row per file. */
function filesDataset(definition: FlowDefinition): Dataset {
  const { id } = definition
  const copied = EXPORTS_DATASET.columns.filter(({ name }) =>
    ['path', 'row_count', 'size_bytes', 'content_hash', 'exported_at'].includes(name),
  )
  return {
    id: `${id}.files`,
    table: tableName(definition, 'files'),
    description: 'The files that were written.',
    storage: {
      kind: 'view',
      queries: [
        defineQuery('files', [
          from(EXPORTS_DATASET.id),
          filter(
            and(
              equal(column('flow', DataTypes.string), text(id)),
              equal(column('state', DataTypes.string), text('done')),
            ),
          ),
          select([named('xt_batch_id', column('batch', DataTypes.integer)), ...keep(copied)]),
        ]),
      ],
    },
    columns: [{ name: 'xt_batch_id', type: DataTypes.integer, required: true }, ...copied],
    key: ['xt_batch_id', 'path'],
    sortKey: ['xt_batch_id', 'path'],
    isInternal: false,
  }
}
