import type { LoadDefinition, OptionDescriptor } from '@qarion/core'

import { LOAD_KEYS, RETENTION_KEYS } from './flow-keys.ts'
import { commonKeysOf, withoutCommon } from './flow-schema.ts'
import { suggest } from './nearest.ts'
import { projectRelative } from './project-paths.ts'
import type { ResolveContext } from './resolve-context.ts'
import { resolveOptions } from './resolve-options.ts'
import { checkTimezone } from './timezones.ts'
import { type Spot, tableIn, type TomlTable } from './toml-node.ts'

export interface LoadSurroundings {
  /** `[defaults]` of the project. */
  readonly defaults: TomlTable | undefined
  readonly formatOptions: readonly OptionDescriptor[]
  readonly timezone: string
}

/** `[properties.load]` with the project's `[defaults]` beneath it, checked and resolved. */
export function readLoad(
  declared: TomlTable,
  context: ResolveContext,
  { defaults, formatOptions, timezone }: LoadSurroundings,
): LoadDefinition | undefined {
  const load = withDefaults(declared, defaults)
  const where = { table: 'properties.load', at: declared }
  const before = context.problems.count
  const keys = commonKeysOf(formatOptions)
  const replaced = LOAD_KEYS.filter((key) => !keys.includes(key))
  const common = {
    ...resolveOptions(replaced.map(asOptional), undefined, context, where),
    ...resolveOptions(keys, load, context, where),
  }
  const options = resolveOptions(withoutCommon(formatOptions), load, context, where)
  const retention = resolveOptions(RETENTION_KEYS, tableIn(load, 'retention'), context, where)
  const spotOfKey = (key: string): Spot => load.entries.get(key)?.node ?? declared

  const pattern = common['file_pattern'] as string | undefined
  const sourcePath = common['source_path'] as string | undefined
  const batchBy = String(common['batch_by'])
  checkBatchBy(batchBy, `${sourcePath ?? ''}/${pattern ?? ''}`, spotOfKey('batch_by'), context)
  const zone = common['timezone'] as string | undefined
  if (zone !== undefined) checkTimezone(zone, spotOfKey('timezone'), context.problems)
  if (context.problems.count > before || (replaced.length === 0 && sourcePath === undefined))
    return undefined

  const isLiteral = !/[*?[{]/.test(pattern ?? sourcePath ?? '')
  const optional = {
    filePattern: pattern,
    readyFile: common['ready_file'],
    batchTimeColumn: common['batch_time_column'],
  }
  return {
    format: common['format'] as string,
    ...(sourcePath === undefined
      ? {}
      : { sourcePath: projectRelative(context.projectDirectory, sourcePath) }),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    batchBy,
    fileOrder: common['file_order'] as LoadDefinition['fileOrder'],
    // A literal path is overwritten night after night; a pattern names files that stay as they are.
    onChangedFile:
      (common['on_changed_file'] as LoadDefinition['onChangedFile'] | undefined) ??
      (isLiteral ? 'new_batch' : 'fail'),
    minAgeMs: common['min_age'] as number,
    timezone: zone ?? timezone,
    ambiguousTime: common['ambiguous_time'] as LoadDefinition['ambiguousTime'],
    maxRejects: common['max_rejects'] as number,
    onUnreadableKey: common['on_unreadable_key'] as LoadDefinition['onUnreadableKey'],
    onExtraColumn: common['on_extra_column'] as LoadDefinition['onExtraColumn'],
    emptyString: common['empty_string'] as LoadDefinition['emptyString'],
    nullValues: (common['null_values'] as readonly string[] | undefined) ?? [],
    retention: { landingBatches: retention['landing_batches'] as number },
    ...(formatOptions.some(({ name, makesPartial }) => makesPartial === true && name in options)
      ? { isPartial: true }
      : {}),
    options,
  }
}

function asOptional(key: OptionDescriptor): OptionDescriptor {
  return { ...key, isRequired: false }
}

/** The flow's own keys win; `[defaults]` may hold options of other formats, which no one here asks for. */
function withDefaults(load: TomlTable, defaults: TomlTable | undefined): TomlTable {
  if (defaults === undefined) return load
  return { ...load, entries: new Map([...defaults.entries, ...load.entries]) }
}

function checkBatchBy(batchBy: string, pattern: string, at: Spot, context: ResolveContext): void {
  const captures = Array.from(
    pattern.matchAll(/(?<!\{)\{([A-Za-z_]\w*)(?::[^{}]*)?\}(?!\})/g),
    (match) => match[1] ?? '',
  )
  const admitted = ['file', 'run', ...captures]
  if (admitted.includes(batchBy)) return
  context.problems.add({
    code: 'QRN-CONFIG-010',
    message: `\`batch_by\` cannot be "${batchBy.slice(0, 60)}": the pattern has no such capture`,
    hint: suggest(batchBy, admitted),
    at,
  })
}
