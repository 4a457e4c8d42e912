import type {
  FlowDefinition,
  FlowPlan,
  FlowPlugin,
  FlowType,
  OptionDescriptor,
  PluginKind,
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
  plan(flow: FlowDefinition): Promise<FlowPlan>
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
  const plan = async (flow: FlowDefinition): Promise<FlowPlan> => {
    const made = plans.get(flow) ?? (await load(flow.flowType)).plan(flow)
    plans.set(flow, made)
    return made
  }
  return {
    load,
    plan,
    datasets: async (flow) =>
      (await plan(flow)).datasets.map(({ id }) => id.slice(flow.id.length + 1)),
  }
}
