import {
  QarionError,
  type Dataset,
  type DatasetId,
  type DatasetReference,
  type FlowDefinition,
  type FlowPlan,
  type FlowPlugin,
  type FlowType,
  type OptionDescriptor,
  type PluginKind,
} from '@qarion/core'
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
  readonly sources: (flow: FlowDefinition) => Promise<readonly DatasetReference[]>
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
  const plans = new WeakMap<FlowDefinition, FlowPlan>()
  const datasets = new Map<DatasetId, Dataset>()
  const plan = async (flow: FlowDefinition): Promise<FlowPlan> => {
    const known = plans.get(flow)
    if (known !== undefined) return known
    const made = (await load(flow.flowType)).plan(flow, datasets)
    refuseUnusedExport(flow, made)
    plans.set(flow, made)
    for (const dataset of made.datasets) datasets.set(dataset.id, dataset)
    return made
  }
  return {
    load,
    plan,
    sources: async (flow) => (await load(flow.flowType)).sources?.(flow) ?? [],
    datasets: async (flow) =>
      (await plan(flow)).datasets.map(({ id }) => id.slice(flow.id.length + 1)),
  }
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
