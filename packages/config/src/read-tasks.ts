import type { OptionDescriptor, TaskDefinition } from '@qarion/core'

import { LATER_NAMES } from './export-definition.ts'
import { TASK_KEYS } from './flow-keys.ts'
import { checkedTaskSchema } from './flow-schema.ts'
import { checkId } from './identifiers.ts'
import type { createFinder } from './option-lookup.ts'
import { projectRelative } from './project-paths.ts'
import type { ResolveContext } from './resolve-context.ts'
import { resolveOptions } from './resolve-options.ts'
import type { SchemaChecker } from './schema-check.ts'
import { arrayIn, spotOf, tableIn, textIn, type TomlTable } from './toml-node.ts'

type Finder = ReturnType<typeof createFinder>

export interface TaskTools {
  readonly checker: SchemaChecker
  readonly findTask: Finder
  readonly findLoader: Finder
  readonly findExporter: Finder
}

/** `[[tasks]]`, checked and resolved; what is wrong is reported. */
export async function readTasks(
  root: TomlTable,
  context: ResolveContext,
  tools: TaskTools,
): Promise<readonly TaskDefinition[]> {
  const tasks: TaskDefinition[] = []
  const seen = new Set<string>()
  for (const table of arrayIn(root, 'tasks')?.items ?? []) {
    if (table.kind !== 'table') continue
    const id = textIn(table, 'id')
    if (id !== undefined) {
      checkId(id, 'the id of a task', spotOf(table, ['id']), context.problems)
      if (seen.has(id)) {
        context.problems.add({
          code: 'QRN-CONFIG-038',
          message: `there are two tasks \`${id.slice(0, 80)}\``,
          at: spotOf(table, ['id']),
        })
      }
      seen.add(id)
    }
    const task = await readTask(table, context, tools)
    if (task !== undefined) tasks.push(task)
  }
  return tasks
}

async function readTask(
  table: TomlTable,
  context: ResolveContext,
  tools: TaskTools,
): Promise<TaskDefinition | undefined> {
  const before = context.problems.count
  const type = textIn(table, 'type')
  const options =
    type === undefined ? undefined : await tools.findTask(type, spotOf(table, ['type']))
  const settings = settingsOf(table, context)
  const ofFormat = await formatOptions(options ?? [], settings, tools)
  const known = options && [...options, ...(ofFormat ?? [])]
  const format = options?.find(({ formatOf }) => formatOf !== undefined)
  tools.checker.check(
    JSON.stringify(['task', type, format && textIn(settings, format.name)]),
    // A format that nothing provides is reported by itself.
    () => checkedTaskSchema(format !== undefined && ofFormat === undefined ? undefined : known),
    table,
    context.problems,
  )
  const where = { table: 'tasks.properties', at: table }
  // Files of tasks may be named by their batch.
  const later = { ...context, laterNames: LATER_NAMES }
  const common = resolveOptions(TASK_KEYS, table, context, { table: 'tasks', at: table })
  const properties = resolveOptions(options ?? [], settings, later, where)
  const resolvedFormat = resolveOptions(ofFormat ?? [], settings, later, where)
  if (context.problems.count > before) return undefined
  const optional = {
    description: common['description'],
    sourceDatasetId: common['source_dataset_id'],
    targetDatasetId: common['target_dataset_id'],
  }
  return {
    id: common['id'] as string,
    name: (common['name'] ?? common['id']) as string,
    type: common['type'] as string,
    dependencies: (common['dependencies'] ?? []) as readonly string[],
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    retries: common['retries'] as number,
    retryWaitMs: common['retry_wait'] as number,
    properties: withRelativePaths(options ?? [], properties, context),
    formatOptions: resolvedFormat,
  }
}

/** Paths as they are in the project: what is recorded of a task does not depend on where the project lies. */
function withRelativePaths(
  options: readonly OptionDescriptor[],
  properties: Readonly<Record<string, unknown>>,
  { projectDirectory }: ResolveContext,
): Readonly<Record<string, unknown>> {
  const paths = options.filter(({ type }) => type === 'path').map(({ name }) => name)
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name,
      paths.includes(name) ? projectRelative(projectDirectory, value as string) : value,
    ]),
  )
}

/** Both tables of a task as one: which of them holds a setting means nothing. */
function settingsOf(table: TomlTable, { problems }: ResolveContext): TomlTable {
  const properties = tableIn(table, 'properties')
  const config = tableIn(table, 'config')
  for (const [key, entry] of config?.entries ?? []) {
    if (properties?.entries.has(key) !== true) continue
    problems.add({
      code: 'QRN-CONFIG-010',
      message: `\`${key}\` stands in [tasks.properties] and in [tasks.config]`,
      hint: 'Remove one of them.',
      at: entry.key,
    })
  }
  return {
    ...(properties ?? config ?? table),
    entries: new Map([...(properties?.entries ?? []), ...(config?.entries ?? [])]),
  }
}

async function formatOptions(
  options: readonly OptionDescriptor[],
  settings: TomlTable,
  tools: TaskTools,
): Promise<readonly OptionDescriptor[] | undefined> {
  const option = options.find(({ formatOf }) => formatOf !== undefined)
  const format = option && textIn(settings, option.name)
  if (option === undefined || format === undefined) return undefined
  const find = option.formatOf === 'loader' ? tools.findLoader : tools.findExporter
  const found = await find(format, spotOf(settings, [option.name]))
  return found?.filter(({ name }) => !options.some((own) => own.name === name))
}
