import type { OptionDescriptor, PublishDefinition } from '@qarion/core'

import { PUBLISH_KEYS, RETRY_KEYS } from './flow-keys.ts'
import { withoutPublishKeys } from './flow-schema.ts'
import type { ResolveContext } from './resolve-context.ts'
import { resolveOptions } from './resolve-options.ts'
import { tableIn, type TomlTable } from './toml-node.ts'

/** `[properties.publish]`, checked and resolved; `undefined` where something is wrong, which is reported. */
export function readPublish(
  declared: TomlTable,
  context: ResolveContext,
  publisherOptions: readonly OptionDescriptor[],
): PublishDefinition | undefined {
  const where = { table: 'properties.publish', at: declared }
  const before = context.problems.count
  const common = resolveOptions(PUBLISH_KEYS, declared, context, where)
  const retry = resolveOptions(RETRY_KEYS, tableIn(declared, 'retry'), context, {
    ...where,
    table: 'properties.publish.retry',
  })
  const options = resolveOptions(withoutPublishKeys(publisherOptions), declared, context, where)
  if (context.problems.count > before) return undefined
  return {
    publisher: common['publisher'] as string,
    retry: {
      maxAttempts: retry['max_attempts'] as number,
      initialDelayMs: retry['initial_delay'] as number,
      maxDelayMs: retry['max_delay'] as number,
    },
    onDead: common['on_dead'] as PublishDefinition['onDead'],
    options,
  }
}
