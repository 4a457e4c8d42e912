import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

import { PLUGIN_KINDS, type PluginKind, type QarionError } from '@qarion/core'

import { describe, notBuilt, stamp, type Candidate } from './candidate.ts'
import { isJsonObject } from './manifest.ts'
import { messageOf, pluginError } from './plugin-errors.ts'
import type { AnyPlugin } from './plugin-of-kind.ts'

/** What keeps a value from being a plugin; `undefined` if it is one. */
export function pluginProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null)
    return `is ${value === null ? 'null' : typeof value}`
  const plugin = value as Readonly<Record<string, unknown>>
  if (!PLUGIN_KINDS.includes(plugin['kind'] as PluginKind))
    return `has kind ${String(plugin['kind'])}`
  if (typeof plugin['id'] !== 'string' || plugin['id'] === '') return 'has no id'
  if (!Number.isSafeInteger(plugin['contract'])) return 'has no contract number'
  if (!Array.isArray(plugin['options'])) return 'has no list of options'
  return typeof plugin['create'] === 'function' ? undefined : 'has no function create'
}

/** Imports the default export of a file. */
export async function importDefault(path: string): Promise<unknown> {
  const module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown }
  return module.default
}

/** Imports a package's plugin and holds it against its manifest. */
export async function importPlugin(candidate: Candidate): Promise<AnyPlugin> {
  const { record, entryPath = '' } = candidate
  let value: unknown
  try {
    value = await importDefault(entryPath)
  } catch (cause) {
    throw importError(candidate, entryPath, cause)
  }
  const problem = pluginProblem(value)
  if (problem !== undefined) {
    const message = `${describe(record)} cannot be used: the default export of ${entryPath} ${problem}.`
    throw pluginError('manifest_mismatch', message, stamp(record))
  }
  const plugin = value as AnyPlugin
  const pairs = (['kind', 'id', 'contract'] as const).filter((key) => plugin[key] !== record[key])
  if (pairs.length > 0) {
    const said = pairs.map(
      (key) => `${key} ${record[key]} in the manifest and ${plugin[key]} in the code`,
    )
    const message = `${describe(record)} contradicts its manifest: ${said.join(', ')}.`
    throw pluginError('manifest_mismatch', message, stamp(record))
  }
  return plugin
}

function importError(candidate: Candidate, entryPath: string, cause: unknown): QarionError {
  const { record } = candidate
  const code = isJsonObject(cause) ? cause['code'] : undefined
  if (code === 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING') return notBuilt(record, entryPath)
  if (!existsSync(entryPath)) {
    return pluginError(
      'load_failed',
      `${describe(record)} could not be loaded: ${entryPath} is not there.`,
      {
        ...stamp(record),
        cause,
        hint: 'The package is not built, or damaged: build it, or install it anew.',
      },
    )
  }
  const missing = missingModule(cause)
  const options = { ...stamp(record), cause, data: missing === undefined ? {} : { missing } }
  if (missing === undefined) {
    const message = `${describe(record)} could not be loaded: ${messageOf(cause)}`
    return pluginError('load_failed', message, { ...options, hint: loadHint(code) })
  }
  const range = declaredRange(candidate, missing)
  const wanted = range === undefined ? '' : `, which it wants as ${range},`
  const message = `${describe(record)} could not be loaded: the module ${missing}${wanted} is missing.`
  const add = range === undefined || range.includes(':') ? missing : `${missing}@"${range}"`
  return pluginError('load_failed', message, {
    ...options,
    hint:
      missing.startsWith('.') || missing.startsWith('/')
        ? 'The package is damaged or was published incompletely: install it anew, or tell its author.'
        : `Install it: \`pnpm add ${add}\`.`,
  })
}

function loadHint(code: unknown): string {
  return code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX'
    ? 'Node removes types only: write the plugin without enum, namespace and parameter properties.'
    : 'Its author has to see the cause; `qarion plugins doctor` shows where the package lies.'
}

/** The module that an import failed on, as it was asked for. */
function missingModule(cause: unknown): string | undefined {
  const code = isJsonObject(cause) ? cause['code'] : undefined
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') return undefined
  return /Cannot find (?:package|module) '([^']+)'/.exec(messageOf(cause))?.[1]
}

function declaredRange(candidate: Candidate, module: string): string | undefined {
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(module)?.[0] ?? module
  for (const field of ['peerDependencies', 'dependencies', 'optionalDependencies']) {
    const ranges = candidate.packageJson?.[field]
    if (isJsonObject(ranges) && typeof ranges[name] === 'string') return ranges[name]
  }
  return undefined
}
