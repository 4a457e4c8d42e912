import { definePlugin, type FlowPlugin } from '@qarion/core'
import { parsePlan, serializePlan } from '@qarion/plan'

/** The flow plugin with every plan sent through text: what is executed is what was read back. */
export function withSerialisedPlans(plugin: FlowPlugin): FlowPlugin {
  return definePlugin({
    ...plugin,
    create: async (host, options) => {
      const type = await plugin.create(host, options)
      return {
        ...type,
        plan: (...given) => parsePlan(serializePlan(type.plan(...given))),
      }
    },
  } satisfies FlowPlugin)
}
