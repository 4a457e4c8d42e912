import type { FlowDefinition } from '@qarion/core'

import { readExport } from './export-definition.ts'
import { OPEN_FLOW_KEYS } from './flow-keys.ts'
import { checkedFlowSchema } from './flow-schema.ts'
import { checkId } from './identifiers.ts'
import { declaredNames, readColumns } from './input-columns.ts'
import { type LoadSurroundings, readLoad } from './load-definition.ts'
import { suggest } from './nearest.ts'
import type { createFinder } from './option-lookup.ts'
import { readPublish } from './publish-definition.ts'
import { readTasks } from './read-tasks.ts'
import type { ResolveContext } from './resolve-context.ts'
import { resolveOptions } from './resolve-options.ts'
import type { SchemaChecker } from './schema-check.ts'
import { createTemplates } from './templates.ts'
import { arrayIn, tableIn, textIn, type TomlTable } from './toml-node.ts'
import { readVariables } from './variables.ts'

export interface FlowTools {
  readonly checker: SchemaChecker
  readonly findFlowType: ReturnType<typeof createFinder>
  readonly findLoader: ReturnType<typeof createFinder>
  readonly findExporter: ReturnType<typeof createFinder>
  readonly findPublisher: ReturnType<typeof createFinder>
  readonly findTask: ReturnType<typeof createFinder>
  /** Whether `[[tasks]]` say what flows of a type do. */
  readonly takesTasks: (flowType: string) => boolean | Promise<boolean>
  readonly surroundings: Omit<LoadSurroundings, 'formatOptions'>
  /** Values that the run gives to variables. */
  readonly variables: Readonly<Record<string, string>>
}

/** A flow file as a definition; `undefined` where something is wrong, which is reported. */
export async function readFlowFile(
  root: TomlTable,
  file: string,
  base: ResolveContext,
  tools: FlowTools,
): Promise<FlowDefinition | undefined> {
  const before = base.problems.count
  const properties = tableIn(root, 'properties')
  const load = tableIn(properties, 'load')
  const flowType = textIn(root, 'flow_type')
  const flowOptions =
    flowType === undefined
      ? undefined
      : await tools.findFlowType(flowType, root.entries.get('flow_type')?.node ?? root)
  const { defaults } = tools.surroundings
  const formatTable = load?.entries.has('format') === true ? load : defaults
  const format = load && textIn(formatTable, 'format')
  const formatOptions =
    format === undefined
      ? undefined
      : await tools.findLoader(format, formatTable?.entries.get('format')?.node ?? root)
  const exported = tableIn(properties, 'export')
  const exportFormat = textIn(exported, 'format')
  const exportOptions =
    exportFormat === undefined
      ? undefined
      : await tools.findExporter(exportFormat, exported?.entries.get('format')?.node ?? root)
  const published = tableIn(properties, 'publish')
  const publisher = textIn(published, 'publisher')
  const publisherOptions =
    publisher === undefined
      ? undefined
      : await tools.findPublisher(publisher, published?.entries.get('publisher')?.node ?? root)
  tools.checker.check(
    JSON.stringify([
      flowOptions && flowType,
      formatOptions && format,
      exportOptions && exportFormat,
      publisherOptions && publisher,
    ]),
    () => checkedFlowSchema(flowOptions, formatOptions, exportOptions, publisherOptions),
    root,
    base.problems,
  )

  const input = tableIn(root, 'input')
  const columnTable = arrayIn(input, 'columns')
  const sourceDatasetId = textIn(input, 'source_dataset_id')
  // Columns that are taken over are not known here; the flow type is asked with them.
  const variables = readVariables(root, tools.variables, base.problems)
  const context: ResolveContext = {
    ...base,
    ...(sourceDatasetId === undefined ? { columnNames: declaredNames(columnTable) } : {}),
    ...([root, tools.surroundings.defaults].some((table) => table?.source.text.includes('{{'))
      ? { templates: await createTemplates(variables ?? {}, base.problems) }
      : {}),
  }
  const id = textIn(root, 'id')
  const namespace = textIn(root, 'namespace')
  if (id !== undefined) checkId(id, 'the id of a flow', at(root, 'id'), base.problems)
  if (namespace !== undefined) {
    checkId(namespace, 'a namespace', at(root, 'namespace'), base.problems)
  }
  const takesTasks =
    flowType !== undefined && flowOptions !== undefined && (await tools.takesTasks(flowType))
  warnOfOpenKeys(root, base, takesTasks)
  const tags = readTags(root, base)
  const columns = readColumns(columnTable, context)
  const primaryKey = readPrimaryKey(input, context)
  const resolved = resolveOptions(flowOptions ?? [], properties, context, {
    table: 'properties',
    at: root,
  })
  const loadDefinition =
    load && readLoad(load, context, { ...tools.surroundings, formatOptions: formatOptions ?? [] })
  const exportDefinition = exported && readExport(exported, context, exportOptions ?? [])
  const publishDefinition = published && readPublish(published, context, publisherOptions ?? [])
  const tasks = takesTasks ? await readTasks(root, context, tools) : undefined
  if (sourceDatasetId !== undefined) refuseBesideSource(input as TomlTable, load, base)
  else if (load !== undefined && columnTable === undefined) {
    base.problems.add({
      code: 'QRN-CONFIG-008',
      message: 'the key `columns` is missing in [input]',
      hint: 'Declare the columns of the deliveries: columns = [{ name = "…", schema_type = "…" }].',
      at: input ?? root,
    })
  }
  if (base.problems.count > before || id === undefined || namespace === undefined) return undefined
  const description = textIn(root, 'description')
  return {
    id,
    name: textIn(root, 'name') ?? id,
    flowType: flowType ?? '',
    namespace,
    ...(description === undefined ? {} : { description }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(variables === undefined ? {} : { variables }),
    input: {
      ...(sourceDatasetId === undefined ? {} : { sourceDatasetId }),
      primaryKey,
      columns,
    },
    properties: resolved,
    ...(loadDefinition === undefined ? {} : { load: loadDefinition }),
    ...(exportDefinition === undefined ? {} : { export: exportDefinition }),
    ...(publishDefinition === undefined ? {} : { publish: publishDefinition }),
    ...(tasks === undefined ? {} : { tasks }),
    file,
  }
}

function at(root: TomlTable, key: string) {
  return root.entries.get(key)?.node ?? root
}

/** Columns and files come from the dataset. */
function refuseBesideSource(
  input: TomlTable,
  load: TomlTable | undefined,
  { problems }: ResolveContext,
): void {
  const columns = input.entries.get('columns')
  for (const [what, at] of [
    ['`columns`', columns?.key],
    ['[properties.load]', load],
  ] as const) {
    if (at === undefined) continue
    problems.add({
      code: 'QRN-CONFIG-032',
      message: `\`source_dataset_id\` and ${what} exclude each other`,
      hint: 'The rows and their columns are those of the dataset: remove one of both.',
      at,
    })
  }
}

function readTags(root: TomlTable, { problems }: ResolveContext): readonly string[] {
  const tags: string[] = []
  for (const item of arrayIn(root, 'tags')?.items ?? []) {
    if (item.kind !== 'scalar' || typeof item.value !== 'string') continue
    // What selectors are made of stands in no tag.
    checkId(item.value, 'a tag', item, problems)
    if (!tags.includes(item.value)) tags.push(item.value)
  }
  return tags
}

function readPrimaryKey(input: TomlTable | undefined, context: ResolveContext): readonly string[] {
  const seen: string[] = []
  for (const item of arrayIn(input, 'primary_key')?.items ?? []) {
    if (item.kind !== 'scalar' || typeof item.value !== 'string') continue
    const name = item.value
    if (seen.includes(name)) {
      context.problems.add({
        code: 'QRN-CONFIG-010',
        message: `the primary key names \`${name}\` twice`,
        hint: 'Remove one of them.',
        at: item,
      })
    } else if (context.columnNames?.includes(name) === false) {
      context.problems.add({
        code: 'QRN-CONFIG-015',
        message: `the key column \`${name}\` is not declared`,
        hint: suggest(name, context.columnNames),
        at: item,
      })
    }
    seen.push(name)
  }
  return seen
}

function warnOfOpenKeys(root: TomlTable, { problems }: ResolveContext, takesTasks: boolean): void {
  for (const key of [...Object.keys(OPEN_FLOW_KEYS), ...(takesTasks ? [] : ['tasks'])]) {
    const entry = root.entries.get(key)
    if (entry === undefined) continue
    problems.warn({
      code: 'QRN-CONFIG-101',
      message: `\`${key}\` has no effect`,
      hint: 'No flow type that is installed reads it.',
      at: entry.key,
    })
  }
}
