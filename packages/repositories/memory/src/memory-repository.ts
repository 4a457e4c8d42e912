import type {
  DefinitionKind,
  DefinitionRepository,
  Repository,
  RunRecord,
  RunRepository,
  SchemaHistoryEntry,
  SchemaHistoryRepository,
} from '@qarion/core'

/** History and definitions that live as long as the returned object; nothing is written anywhere. */
export function createMemoryRepository(): Repository {
  return {
    runs: createMemoryRuns(),
    definitions: createMemoryDefinitions(),
    schemaHistory: createMemorySchemaHistory(),
    close: () => Promise.resolve(),
  }
}

/** Records are copied on the way in and out: what a caller does to its own object changes no history. */
function createMemoryRuns(): RunRepository {
  const runs = new Map<string, RunRecord>()
  return {
    save: async (run) => void runs.set(run.id, structuredClone(run)),
    get: async (id) => structuredClone(runs.get(id)),
    list: async ({ flow, limit } = {}) =>
      [...runs.values()]
        .filter((run) => flow === undefined || run.flows.some((each) => each.flow === flow))
        .toSorted((left, right) => right.startedAtMs - left.startedAtMs)
        .slice(0, limit)
        .map((run) => structuredClone(run)),
  }
}

function createMemoryDefinitions(): DefinitionRepository {
  const texts: Readonly<Record<DefinitionKind, Map<string, string>>> = {
    flow: new Map(),
    dataset: new Map(),
  }
  return {
    save: async (kind, id, text) => void texts[kind].set(id, text),
    get: async (kind, id) => texts[kind].get(id),
    list: async (kind) => [...texts[kind].keys()].toSorted(),
    delete: async (kind, id) => texts[kind].delete(id),
  }
}

function createMemorySchemaHistory(): SchemaHistoryRepository {
  const histories = new Map<string, SchemaHistoryEntry[]>()
  return {
    append: async (dataset, entry) => {
      const history = histories.get(dataset) ?? []
      history.push(structuredClone(entry))
      histories.set(dataset, history)
    },
    list: async (dataset) =>
      structuredClone(histories.get(dataset) ?? []).toSorted(
        (left, right) => left.recordedAtMs - right.recordedAtMs,
      ),
  }
}
