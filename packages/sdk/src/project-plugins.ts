import {
  QarionError,
  SYSTEM_COLUMN_PREFIX,
  type Dataset,
  type DatasetId,
  type DatasetReference,
  type FlowDefinition,
  type FlowPlan,
  type FlowPlugin,
  type FlowType,
  type OptionDescriptor,
  type PluginKind,
  type Task,
} from '@qarion/core'
import { suggestName } from '@qarion/plan'
import type { Registry } from '@qarion/registry'

/** Option tables of the plugins of one kind, as configuration asks for them. */
export interface PluginOptionLookup {
  readonly ids: readonly string[]
  options(id: string): Promise<readonly OptionDescriptor[]>
}

export function optionLookup(registry: Registry, kind: PluginKind): PluginOptionLookup {
  return {
    ids: registry
      .list()
      .filter((record) => record.kind === kind)
      .map(({ id }) => id),
    options: (id) => registry.options(kind, id),
  }
}

/** Flow types by id and plans by definition, made once each. */
export interface FlowTypes {
  load(id: string): Promise<FlowType>
  /** The plan; flows whose datasets it reads must have been planned before. */
  plan(flow: FlowDefinition): Promise<FlowPlan>
  /** Types of the flow's tasks by id. */
  readonly tasks: (flow: FlowDefinition) => Promise<ReadonlyMap<string, Task>>
  /** What it names of other flows, in `[input]`, in `[properties]` and in tasks. */
  readonly sources: (flow: FlowDefinition) => Promise<readonly DatasetReference[]>
  /** The definition with columns and key of the dataset that it reads; that one's flow must have been planned before. */
  readonly complete: (flow: FlowDefinition) => Promise<FlowDefinition>
  /** Dataset names of a flow, without the flow's name before them. */
  readonly datasets: (flow: FlowDefinition) => Promise<readonly string[]>
}

export function createFlowTypes(
  registry: Registry,
  makeHost: () => Parameters<FlowPlugin['create']>[0],
): FlowTypes {
  const types = new Map<string, Promise<FlowType>>()
  const load = (id: string): Promise<FlowType> => {
    const known = types.get(id)
    if (known !== undefined) return known
    const type = registry.load('flow', id).then((plugin) => plugin.create(makeHost(), {}))
    types.set(id, type)
    return type
  }
  const taskTypes = new Map<string, Promise<Task>>()
  const loadTask = (id: string): Promise<Task> => {
    const known = taskTypes.get(id)
    if (known !== undefined) return known
    const type = registry.load('task', id).then((plugin) => plugin.create(makeHost(), {}))
    taskTypes.set(id, type)
    return type
  }
  const tasks = async ({ tasks: declared = [] }: FlowDefinition) => {
    const types = new Map<string, Task>()
    for (const { type } of declared) types.set(type, await loadTask(type))
    return types
  }
  const plans = new WeakMap<FlowDefinition, FlowPlan>()
  const datasets = new Map<DatasetId, Dataset>()
  const keys = new Map<DatasetId, readonly string[]>()
  const plan = async (flow: FlowDefinition): Promise<FlowPlan> => {
    const known = plans.get(flow)
    if (known !== undefined) return known
    const made = (await load(flow.flowType)).plan(flow, datasets, await tasks(flow))
    refuseUnusedExport(flow, made)
    refuseUnusedPublish(flow, made)
    plans.set(flow, made)
    for (const dataset of made.datasets) {
      datasets.set(dataset.id, dataset)
      keys.set(dataset.id, flow.input.primaryKey)
    }
    return made
  }
  return {
    load,
    plan,
    tasks,
    sources: async (flow) => [
      ...(flow.input.sourceDatasetId === undefined
        ? []
        : [{ dataset: flow.input.sourceDatasetId, path: SOURCE_PATH }]),
      ...((await load(flow.flowType)).sources?.(flow, await tasks(flow)) ?? []),
    ],
    complete: async (flow) => {
      const source = datasets.get(flow.input.sourceDatasetId ?? '')
      if (source === undefined) return flow
      refuseUnfitSource(flow, await load(flow.flowType), source)
      return withInputOf(flow, source, keys.get(source.id) ?? [])
    },
    datasets: async (flow) =>
      (await plan(flow)).datasets.map(({ id }) => id.slice(flow.id.length + 1)),
  }
}

const SOURCE_PATH: readonly string[] = ['input', 'source_dataset_id']

function withInputOf(
  flow: FlowDefinition,
  source: Dataset,
  key: readonly string[],
): FlowDefinition {
  const columns = source.columns.filter(({ name }) => !name.startsWith(SYSTEM_COLUMN_PREFIX))
  const isThere = (name: string): boolean => columns.some((column) => column.name === name)
  const { primaryKey } = flow.input
  const unknown = primaryKey.find((name) => !isThere(name))
  if (unknown !== undefined) {
    throw sourceError(flow, `the key column "${unknown}" is not in "${source.id}"`, {
      hint: suggestName(
        unknown,
        columns.map(({ name }) => name),
        'columns',
      ),
      path: ['input', 'primary_key'],
    })
  }
  return {
    ...flow,
    input: {
      ...flow.input,
      columns,
      primaryKey: primaryKey.length > 0 || !key.every(isThere) ? primaryKey : key,
    },
  }
}

function refuseUnfitSource(flow: FlowDefinition, type: FlowType, source: Dataset): void {
  if (type.readsDatasets !== true) {
    throw sourceError(flow, `the flow type ${flow.flowType} reads files, not datasets`, {
      hint: 'Remove source_dataset_id and declare [properties.load].',
      path: SOURCE_PATH,
    })
  }
  const isByBatch = source.columns.some(({ name }) => name === 'xt_batch_id')
  if (source.storage.kind === 'table' && isByBatch && !source.isInternal) return
  throw sourceError(flow, `"${source.id}" does not keep its rows by batch`, {
    hint: 'Name a dataset that holds the rows of all batches, for instance <flow>.change_feed.',
    path: SOURCE_PATH,
  })
}

function sourceError(
  flow: FlowDefinition,
  message: string,
  { hint, path }: { readonly hint: string; readonly path: readonly string[] },
): QarionError {
  return new QarionError('QRN-SDK-004', 'configuration', `flow "${flow.id}": ${message}`, {
    hint,
    data: { path },
  })
}

function refuseUnusedPublish(flow: FlowDefinition, { outbox }: FlowPlan): void {
  if (flow.publish === undefined || outbox !== undefined) return
  throw new QarionError(
    'QRN-SDK-005',
    'configuration',
    `flow "${flow.id}": the flow type ${flow.flowType} makes no events`,
    {
      hint: 'Remove [properties.publish], and publish what changes with a flow of the type outbox.',
      data: { path: ['properties', 'publish'] },
    },
  )
}

function refuseUnusedExport(flow: FlowDefinition, { dag }: FlowPlan): void {
  if (flow.export === undefined || dag.nodes.some(({ kind }) => kind === 'export')) return
  throw new QarionError(
    'QRN-SDK-003',
    'configuration',
    `flow "${flow.id}": the flow type ${flow.flowType} writes no files`,
    {
      hint: 'Remove [properties.export], and write files with a flow of the type export_flow.',
      data: { path: ['properties', 'export'] },
    },
  )
}
