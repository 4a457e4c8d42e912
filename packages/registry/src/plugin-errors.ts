import { QarionError, type QarionErrorOptions } from '@qarion/core'

export interface PluginErrorEntry {
  readonly name: string
  readonly title: string
  readonly cause: string
  readonly cure: string
}

export const PLUGIN_ERRORS = {
  'QRN-PLUGIN-001': {
    name: 'not_found',
    title: 'No plugin provides this id',
    cause:
      'No direct dependency, no entry of `plugins` and no handed-in plugin provides the kind and id.',
    cure: 'Install the package that provides it, or correct the id.',
  },
  'QRN-PLUGIN-002': {
    name: 'not_direct',
    title: 'The plugin is only a dependency of a dependency',
    cause:
      'Plugins are found among the dependencies your own package.json lists, since others move without notice.',
    cure: 'Add the package to your own package.json.',
  },
  'QRN-PLUGIN-003': {
    name: 'not_installed',
    title: 'The plugin is listed but not installed',
    cause:
      'package.json or `plugins` names the package; it is not in node_modules, for instance because development dependencies were left out.',
    cure: 'Install, and keep plugins that production needs in `dependencies`.',
  },
  'QRN-PLUGIN-004': {
    name: 'manifest_unreadable',
    title: 'The package.json of a package cannot be read',
    cause:
      'The file is no JSON, or the package hides it: under Yarn PnP it must be among its exports.',
    cure: 'The author of the package adds "./package.json" to its exports.',
  },
  'QRN-PLUGIN-005': {
    name: 'plugin_too_old',
    title: 'The plugin is too old for this Qarion',
    cause: 'It was written against a contract that this Qarion no longer speaks.',
    cure: 'Upgrade the plugin.',
  },
  'QRN-PLUGIN-006': {
    name: 'host_too_old',
    title: 'This Qarion is too old for the plugin',
    cause: 'The plugin was written against a newer contract or manifest.',
    cure: 'Upgrade Qarion.',
  },
  'QRN-PLUGIN-007': {
    name: 'ambiguous',
    title: 'Several plugins claim one id',
    cause: 'Two packages provide the same kind and id; Qarion does not guess.',
    cure: 'Name the one you mean in `plugins` of qarion.toml, or use its full id.',
  },
  'QRN-PLUGIN-008': {
    name: 'preset_broken',
    title: 'A preset includes what it does not depend on',
    cause: 'An included package cannot be found from the folder of the preset.',
    cure: 'The author of the preset lists the package in its dependencies.',
  },
  'QRN-PLUGIN-009': {
    name: 'manifest_mismatch',
    title: 'Manifest and plugin disagree',
    cause:
      'The entry is no key of exports, or what it exports is another plugin than the manifest says.',
    cure: 'The author of the plugin corrects its manifest.',
  },
  'QRN-PLUGIN-010': {
    name: 'not_built',
    title: 'The plugin was published without being built',
    cause: 'Its entry is TypeScript inside node_modules, which Node does not run.',
    cure: 'The author of the plugin publishes JavaScript.',
  },
  'QRN-PLUGIN-011': {
    name: 'load_failed',
    title: 'The plugin could not be loaded',
    cause: 'Importing its entry threw: a module it needs is missing, or the code is faulty.',
    cure: 'Install the missing module, or see the cause.',
  },
  'QRN-PLUGIN-012': {
    name: 'manifest_invalid',
    title: 'The manifest of a plugin is malformed',
    cause: 'The `qarion` field of a package.json is not what a manifest has to be.',
    cure: 'The author of the plugin corrects the manifest.',
  },
  'QRN-PLUGIN-013': {
    name: 'entry_unusable',
    title: 'An entry of `plugins` gives no plugin',
    cause: 'The file is not there, or the package carries no manifest.',
    cure: 'Correct or remove the entry.',
  },
  'QRN-PLUGIN-014': {
    name: 'no_plugin',
    title: 'This is no plugin',
    cause:
      'A handed-in object or the default export of a local file lacks what a plugin has: kind, id, contract, options, create.',
    cure: 'Export what `definePlugin` returns.',
  },
} as const

export type PluginErrorCode = keyof typeof PLUGIN_ERRORS

type PluginErrorName = (typeof PLUGIN_ERRORS)[PluginErrorCode]['name']

const CODE_BY_NAME = Object.fromEntries(
  Object.entries<PluginErrorEntry>(PLUGIN_ERRORS).map(([code, entry]) => [entry.name, code]),
) as Readonly<Record<PluginErrorName, PluginErrorCode>>

/** An error of this package; without a hint of its own it gets the cure of the table. */
export function pluginError(
  name: PluginErrorName,
  message: string,
  options: QarionErrorOptions = {},
): QarionError {
  const code = CODE_BY_NAME[name]
  return new QarionError(code, 'plugin', message, {
    hint: PLUGIN_ERRORS[code].cure,
    ...options,
    data: { name, ...options.data },
  })
}

export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
