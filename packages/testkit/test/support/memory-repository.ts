import type { Repository, RunRecord, SchemaHistoryEntry } from '@qarion/core'
import type { RepositorySubject } from '@qarion/testkit'

type Fault = 'lists oldest first' | 'ignores the limit' | 'mixes kinds' | 'keeps one entry'

/** A repository in memory, with a fault on purpose if asked. */
export function memoryRepository(fault?: Fault): () => Promise<RepositorySubject> {
  return async () => {
    const runs = new Map<string, RunRecord>()
    const definitions = new Map<string, string>()
    const history = new Map<string, SchemaHistoryEntry[]>()
    const repository: Repository = {
      runs: {
        save: async (run) => void runs.set(run.id, structuredClone(run)),
        get: async (id) => structuredClone(runs.get(id)),
        list: async ({ flow, limit } = {}) => {
          const sign = fault === 'lists oldest first' ? -1 : 1
          const found = [...runs.values()]
            .filter((run) => flow === undefined || run.flows.some((one) => one.flow === flow))
            .toSorted((left, right) => sign * (right.startedAtMs - left.startedAtMs))
          return fault === 'ignores the limit' ? found : found.slice(0, limit)
        },
      },
      definitions: {
        save: async (kind, id, text) => void definitions.set(keyOf(kind, id, fault), text),
        get: async (kind, id) => definitions.get(keyOf(kind, id, fault)),
        list: async (kind) =>
          [...definitions.keys()].flatMap((key) =>
            key.startsWith(`${kind}:`) ? [key.slice(kind.length + 1)] : [],
          ),
        delete: async (kind, id) => definitions.delete(keyOf(kind, id, fault)),
      },
      schemaHistory: {
        append: async (dataset, entry) =>
          void history.set(dataset, [
            ...(fault === 'keeps one entry' ? [] : (history.get(dataset) ?? [])),
            entry,
          ]),
        list: async (dataset) => history.get(dataset) ?? [],
      },
      close: async () => {},
    }
    return { repository, close: async () => {} }
  }
}

function keyOf(kind: string, id: string, fault: Fault | undefined): string {
  return fault === 'mixes kinds' ? id : `${kind}:${id}`
}
