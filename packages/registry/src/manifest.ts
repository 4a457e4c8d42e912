import { PLUGIN_KINDS, type PluginKind } from '@qarion/core'

/** The manifest version this package reads. */
export const MANIFEST_VERSION = 1

/** The `qarion` field of a package.json, checked. */
export interface Manifest {
  readonly provides: readonly ProvidedPlugin[]
  /** Packages whose manifests count as if the project listed them; a preset has nothing else. */
  readonly includes: readonly string[]
  /** What is wrong with single entries; the others stand. */
  readonly problems: readonly string[]
}

export interface ProvidedPlugin {
  readonly kind: PluginKind
  readonly id: string
  readonly aliases: readonly string[]
  readonly title: string
  /** Key of the package's exports. */
  readonly entry: string
  /** Key of the package's exports, of a JSON file with the option descriptors. */
  readonly options: string | undefined
  readonly contract: number
}

export type ManifestReading =
  | { readonly kind: 'manifest'; readonly manifest: Manifest }
  | { readonly kind: 'too_new'; readonly version: number }
  | { readonly kind: 'invalid'; readonly problem: string }

export type JsonObject = Readonly<Record<string, unknown>>

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z][\w.-]*$/.test(value)
}

function isExportsKey(value: unknown): value is string {
  return typeof value === 'string' && (value === '.' || value.startsWith('./'))
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '')
}

function isContract(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1
}

/** Reads the `qarion` field; never throws, whatever it holds. */
export function readManifest(field: unknown): ManifestReading {
  if (!isJsonObject(field)) return { kind: 'invalid', problem: '"qarion" is not an object' }
  const { manifest: version, provides = [], includes = [], contract = {} } = field
  if (!isContract(version)) {
    return {
      kind: 'invalid',
      problem: `"manifest" is ${describe(version)}, not ${MANIFEST_VERSION}`,
    }
  }
  if (version > MANIFEST_VERSION) return { kind: 'too_new', version }
  if (!Array.isArray(provides)) return { kind: 'invalid', problem: '"provides" is not a list' }
  if (!isStrings(includes)) {
    return { kind: 'invalid', problem: '"includes" is not a list of package names' }
  }
  if (!isJsonObject(contract)) return { kind: 'invalid', problem: '"contract" is not an object' }
  if (provides.length === 0 && includes.length === 0) {
    return { kind: 'invalid', problem: 'neither "provides" nor "includes" names anything' }
  }

  const plugins: ProvidedPlugin[] = []
  const problems: string[] = []
  for (const [index, entry] of provides.entries()) {
    const read = readProvided(entry, contract)
    if (typeof read === 'string') problems.push(`provides[${index}]: ${read}`)
    else plugins.push(read)
  }
  return { kind: 'manifest', manifest: { provides: plugins, includes, problems } }
}

function readProvided(value: unknown, contracts: JsonObject): ProvidedPlugin | string {
  if (!isJsonObject(value)) return 'is not an object'
  const { kind, id, entry, title, options, aliases = [] } = value
  if (!PLUGIN_KINDS.includes(kind as PluginKind)) {
    return `"kind" is ${describe(kind)}; the kinds are ${PLUGIN_KINDS.join(', ')}`
  }
  if (!isName(id)) return `"id" is ${describe(id)}, not a name of letters, digits, _ - .`
  if (!isExportsKey(entry))
    return `"entry" is ${describe(entry)}, not a key of exports such as "./plugin"`
  if (title !== undefined && typeof title !== 'string')
    return `"title" is ${describe(title)}, not a text`
  if (options !== undefined && !isExportsKey(options)) {
    return `"options" is ${describe(options)}, not a key of exports such as "./options.json"`
  }
  if (!Array.isArray(aliases) || !aliases.every(isName)) return '"aliases" is not a list of names'
  const contract = contracts[kind as PluginKind]
  if (!isContract(contract)) {
    return `"contract" holds ${describe(contract)} for ${String(kind)}, not an integer from 1`
  }
  return { kind: kind as PluginKind, id, aliases, title: title ?? id, entry, options, contract }
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
