import type { OptionDescriptor } from '@qarion/core'

import { checkId } from './identifiers.ts'
import { createFinder, type OptionLookup } from './option-lookup.ts'
import { type JsonSchema, tableSchema } from './option-schema.ts'
import type {
  CredentialDeclaration,
  PluginReference,
  ProjectDefinition,
  StoragePlace,
} from './project-definition.ts'
import {
  CREDENTIAL_KEYS,
  ENGINE_ALIASES,
  KEYS_WITHOUT_EFFECT,
  PROJECT_KEYS,
  TOP_LEVEL_KEYS,
} from './project-keys.ts'
import type { ResolveContext } from './resolve-context.ts'
import { deepValue, resolveOptions } from './resolve-options.ts'
import type { SchemaChecker } from './schema-check.ts'
import { checkTimezone } from './timezones.ts'
import { arrayIn, tableIn, textIn, type TomlNode, type TomlTable } from './toml-node.ts'

/** Plugins whose options stand in the project file; without a lookup the options pass as written. */
export interface ProjectLookups {
  readonly engines: OptionLookup
  readonly credentialStores?: OptionLookup
}

/** The merged project file as a definition; `undefined` parts are reported as problems. */
export async function readProjectFile(
  root: TomlTable,
  about: { readonly file: string; readonly environment: string },
  context: ResolveContext,
  tools: { readonly checker: SchemaChecker; readonly lookups: ProjectLookups },
): Promise<ProjectDefinition> {
  warnOfKeysWithoutEffect(root, context)
  const project = tableIn(root, 'project')
  const own = resolveOptions(PROJECT_KEYS, project, context, { table: 'project', at: root })
  const top = resolveOptions(TOP_LEVEL_KEYS, root, context, { table: 'project', at: root })
  const timezone = String(own['timezone'])
  checkTimezone(timezone, project?.entries.get('timezone')?.node ?? root, context.problems)

  const engines = createFinder(tools.lookups.engines, 'engine', context.problems)
  const stores =
    tools.lookups.credentialStores &&
    createFinder(tools.lookups.credentialStores, 'credential store', context.problems)
  const reference = pluginReader(root, context, tools.checker)
  const engine = await reference(['engine'], 'name', engines)
  if (engine === undefined && tableIn(root, 'engine') === undefined) {
    context.problems.add({
      code: 'QRN-CONFIG-008',
      message: `the table [engine] is missing${about.environment === 'default' ? '' : ` in environment ${about.environment}`}`,
      hint: 'Add [engine] with name = "sqlite", or another engine you have.',
      at: root,
    })
  }
  const connections: Record<string, PluginReference> = {}
  for (const [name, { key }] of tableIn(root, 'connections')?.entries ?? []) {
    checkId(name, 'the name of a connection', key, context.problems)
    const connection = await reference(['connections', name], 'name', engines)
    if (connection !== undefined) connections[name] = connection
  }
  const metadataEngine = await reference(['metadata_engine'], 'name', engines)
  const credentialStore = await reference(['credential_store'], 'type', stores)
  return {
    name: String(own['name']),
    ...(typeof own['description'] === 'string' ? { description: own['description'] } : {}),
    directory: context.projectDirectory,
    file: about.file,
    environment: about.environment,
    timezone,
    allowedPaths: context.allowedPaths,
    engine: engine ?? { id: '', options: {} },
    connections,
    ...(metadataEngine === undefined ? {} : { metadataEngine }),
    storages: {
      flows: top['flow_storage'] as StoragePlace,
      datasets: top['dataset_storage'] as StoragePlace,
      schemas: top['schema_storage'] as StoragePlace,
    },
    plugins: (top['plugins'] as readonly string[] | undefined) ?? [],
    discover: top['discover'] as boolean,
    ...(credentialStore === undefined ? {} : { credentialStore }),
    credentials: readCredentials(root, context),
  }
}

type Find = ReturnType<typeof createFinder>

function pluginReader(root: TomlTable, context: ResolveContext, checker: SchemaChecker) {
  return async (
    path: readonly string[],
    selector: string,
    find: Find | undefined,
  ): Promise<PluginReference | undefined> => {
    const tableName = path.join('.')
    const table = path.reduce<TomlTable | undefined>(tableIn, root)
    if (table === undefined) return undefined
    const written = textIn(table, selector)
    if (written === undefined) {
      if (!table.entries.has(selector)) {
        context.problems.add({
          code: 'QRN-CONFIG-008',
          message: `the key \`${selector}\` is missing in [${tableName}]`,
          at: table,
        })
      }
      return undefined
    }
    const id = ENGINE_ALIASES.get(written) ?? written
    const config = tableIn(table, 'config')
    if (find === undefined) {
      return {
        id,
        options:
          config === undefined ? {} : (deepValue(config, context) as PluginReference['options']),
      }
    }
    const options = await find(id, table.entries.get(selector)?.node ?? table)
    if (options === undefined) return undefined
    checker.check(`${tableName}:${id}`, () => configSchema(path, options), root, context.problems)
    const where = { table: `${tableName}.config`, at: table }
    return { id, options: resolveOptions(options, config, context, where) }
  }
}

function configSchema(path: readonly string[], options: readonly OptionDescriptor[]): JsonSchema {
  const config = tableSchema(options, { isPartial: true })
  return [...path, 'config'].reduceRight<JsonSchema>(
    (schema, name) => ({ properties: { [name]: schema } }),
    config,
  )
}

/** The engine of the project file as it reads in an environment; what is wrong is reported. */
export async function readEngine(
  root: TomlTable,
  context: ResolveContext,
  tools: { readonly checker: SchemaChecker; readonly lookups: ProjectLookups },
): Promise<PluginReference | undefined> {
  const engines = createFinder(tools.lookups.engines, 'engine', context.problems)
  return pluginReader(root, context, tools.checker)(['engine'], 'name', engines)
}

function readCredentials(
  root: TomlTable,
  context: ResolveContext,
): readonly CredentialDeclaration[] {
  const known = new Set(CREDENTIAL_KEYS.map((key) => key.name))
  return (arrayIn(root, 'credentials')?.items ?? []).flatMap((item) => {
    const id = item.kind === 'table' ? textIn(item, 'id') : undefined
    if (item.kind !== 'table' || id === undefined) return []
    checkId(id, 'the id of a credential', item.entries.get('id')?.node ?? item, context.problems)
    const further = Array.from(item.entries).filter(([key]) => !known.has(key))
    const description = textIn(item, 'description')
    return {
      id,
      name: textIn(item, 'name') ?? id,
      type: textIn(item, 'credential_type') ?? 'secret',
      ...(description === undefined ? {} : { description }),
      options: Object.fromEntries(
        further.map(([key, entry]) => [key, deepValue(entry.node, context)]),
      ),
    }
  })
}

function warnOfKeysWithoutEffect(root: TomlTable, { problems }: ResolveContext): void {
  for (const [key, why] of Object.entries(KEYS_WITHOUT_EFFECT)) {
    const entry = root.entries.get(key)
    if (entry === undefined) continue
    problems.warn({
      code: 'QRN-CONFIG-101',
      message: `\`${key}\` has no effect`,
      hint: why,
      at: entry.key,
    })
  }
}

/** Marks texts that look like secrets by their key, and all of `[[credentials]]`, so that no message shows them. */
export function markSecrets(node: TomlNode, key = '', isSecret = false): void {
  if (node.kind === 'table') {
    for (const [name, entry] of node.entries) {
      const isCredential =
        key === 'credentials' && !CREDENTIAL_KEYS.some((each) => each.name === name)
      markSecrets(entry.node, name, isSecret || isCredential || SECRET_KEY.test(name))
    }
  } else if (node.kind === 'array') {
    for (const item of node.items) markSecrets(item, key, isSecret)
  } else if (isSecret) {
    node.source.secretRanges.push(node)
  }
}

const SECRET_KEY = /(?:passw|passphrase|secret|token|(?:api|access|private|fernet)_?key)/i
