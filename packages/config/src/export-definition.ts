import type { ExportDefinition, OptionDescriptor } from '@qarion/core'

import { EXPORT_KEYS } from './flow-keys.ts'
import { withoutExportKeys } from './flow-schema.ts'
import { isAddress, projectRelative } from './project-paths.ts'
import type { ResolveContext } from './resolve-context.ts'
import { resolveOptions } from './resolve-options.ts'
import { spotOf, type TomlTable } from './toml-node.ts'

/** What placeholders of export paths name besides variables; they are filled in for each batch. */
export const LATER_NAMES: readonly string[] = ['batch_id', 'batch_time']

/** `[properties.export]`, checked and resolved; `undefined` where something is wrong, which is reported. */
export function readExport(
  declared: TomlTable,
  context: ResolveContext,
  formatOptions: readonly OptionDescriptor[],
): ExportDefinition | undefined {
  const where = { table: 'properties.export', at: declared }
  const before = context.problems.count
  const common = resolveOptions(
    EXPORT_KEYS,
    declared,
    { ...context, laterNames: LATER_NAMES },
    where,
  )
  const options = resolveOptions(withoutExportKeys(formatOptions), declared, context, where)
  const filePath = common['file_path'] as string | undefined
  if (filePath !== undefined && isAddress(filePath)) {
    context.problems.add({
      code: 'QRN-CONFIG-021',
      message: `\`file_path\` names a file of this machine, \`${filePath.slice(0, 200)}\` is an address`,
      hint: 'Write a path within the project, for instance "exports/orders_{batch_id}.csv".',
      at: spotOf(declared, ['file_path']),
    })
  }
  if (filePath === undefined || context.problems.count > before) return undefined
  const batchId = common['batch_id'] as number | undefined
  return {
    sourceDatasetId: common['source_dataset_id'] as string,
    filePath: projectRelative(context.projectDirectory, filePath),
    exportMode: common['export_mode'] as ExportDefinition['exportMode'],
    format: common['format'] as string,
    ...(batchId === undefined ? {} : { batchId }),
    partitionBy: (common['partition_by'] as readonly string[] | undefined) ?? [],
    onExisting: common['on_existing'] as ExportDefinition['onExisting'],
    options,
  }
}
