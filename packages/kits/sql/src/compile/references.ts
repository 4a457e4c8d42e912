import type { Query, Rule } from '@qarion/core'

import type { QueriesByName } from './context.ts'

/** Names of the queries that a query reads, each as often as it does. */
export function referencesOf(query: Query): readonly string[] {
  return query.rules.flatMap(referencesOfRule)
}

function referencesOfRule(rule: Rule): readonly string[] {
  switch (rule.operation) {
    case 'from':
      return rule.source.kind === 'query' ? [rule.source.query] : []
    case 'join':
      return [rule.right]
    case 'union':
      return rule.queries
    default:
      return []
  }
}

/** How often each query is read by what `root` needs. Staged queries are tables: what they read does not count. */
export function countReferences(
  root: string,
  queries: QueriesByName,
  isStaged: (name: string) => boolean,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>([[root, 1]])
  const visited = new Set<string>()
  const visit = (name: string): void => {
    const query = queries.get(name)
    if (query === undefined || visited.has(name)) return
    visited.add(name)
    for (const reference of referencesOf(query)) {
      counts.set(reference, (counts.get(reference) ?? 0) + 1)
      if (!isStaged(reference)) visit(reference)
    }
  }
  visit(root)
  return counts
}

const CHEAP: ReadonlySet<Rule['operation']> = new Set<Rule['operation']>([
  'from',
  'select',
  'derive',
  'rename',
  'drop',
  'filter',
])

/** Whether reading a query again costs no more than reading a kept copy of it. */
export function isCheap(name: string, queries: QueriesByName): boolean {
  const query = queries.get(name)
  return (
    query !== undefined &&
    query.rules.every(({ operation }) => CHEAP.has(operation)) &&
    referencesOf(query).every((reference) => isCheap(reference, queries))
  )
}
