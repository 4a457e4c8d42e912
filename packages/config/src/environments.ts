import { isId } from './identifiers.ts'
import { suggest } from './nearest.ts'
import type { ProblemList } from './problem-list.ts'
import { BASE_ENVIRONMENT } from './project-keys.ts'
import { tableIn, textIn, type TomlEntry, type TomlTable } from './toml-node.ts'

/** Tables whose `config` belongs to what this key names: another name starts from an empty `config`. */
const SELECTORS: ReadonlyMap<string, string> = new Map([
  ['engine', 'name'],
  ['metadata_engine', 'name'],
  ['credential_store', 'type'],
])

/** The project file as it reads in an environment: its tables merged over the base, lists replaced whole. */
export function chooseEnvironment(
  root: TomlTable,
  environment: string,
  problems: ProblemList,
): TomlTable {
  const declared = tableIn(root, 'environments')
  for (const [name, entry] of declared?.entries ?? []) {
    if (!isId(name)) {
      problems.add({
        code: 'QRN-CONFIG-012',
        message: `\`${name.slice(0, 80)}\` cannot be the name of an environment`,
        hint: 'Start with an ASCII letter; go on with letters, digits, `_` and `-`.',
        at: entry.key,
      })
    }
  }
  const base: TomlTable = { ...root, entries: new Map(root.entries) }
  base.entries.delete('environments')
  const chosen = tableIn(declared, environment)
  if (chosen !== undefined) return merge(base, chosen)
  if (environment !== BASE_ENVIRONMENT) {
    problems.add({
      code: 'QRN-CONFIG-024',
      message: `there is no environment \`${environment}\``,
      hint:
        declared === undefined || declared.entries.size === 0
          ? `The project declares none; add [environments.${environment}].`
          : suggest(environment, [...declared.entries.keys()]),
      at: declared ?? root,
    })
  }
  return base
}

function merge(base: TomlTable, over: TomlTable): TomlTable {
  const entries = new Map(base.entries)
  for (const [key, entry] of over.entries)
    entries.set(key, mergeEntry(key, entries.get(key), entry))
  return { ...base, entries }
}

function mergeEntry(key: string, base: TomlEntry | undefined, over: TomlEntry): TomlEntry {
  if (base?.node.kind !== 'table' || over.node.kind !== 'table') return over
  const selector = SELECTORS.get(key)
  const [before, after] =
    selector === undefined ? [] : [textIn(base.node, selector), textIn(over.node, selector)]
  if (after === undefined || after === before) {
    return { key: over.key, node: merge(base.node, over.node) }
  }
  const entries = new Map(base.node.entries)
  entries.delete('config')
  return { key: over.key, node: merge({ ...base.node, entries }, over.node) }
}
