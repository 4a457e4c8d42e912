import type { RunnableFlow } from '@qarion/runtime'

import { createRowLoader, type RowLoader } from './delivered-rows.ts'

/** Flows as a test runs them: rows of the test in the place of deliveries, a folder of its own in that of the project. */
export interface TestFlows {
  /** In the order of the project: each after those that it reads. */
  readonly flows: readonly RunnableFlow[]
  readonly loaders: ReadonlyMap<string, RowLoader>
}

/** The flows with these ids and all that they read. */
export function testFlows(
  all: readonly RunnableFlow[],
  ids: ReadonlySet<string>,
  folder: string,
): TestFlows {
  const needed = new Set<RunnableFlow>()
  const need = (flow: RunnableFlow): void => {
    if (needed.has(flow)) return
    needed.add(flow)
    for (const source of flow.sources ?? []) need(source)
  }
  for (const flow of all) if (ids.has(flow.definition.id)) need(flow)
  const loaders = new Map<string, RowLoader>()
  const made = new Map<RunnableFlow, RunnableFlow>()
  // A flow comes after those that it reads.
  for (const flow of all)
    if (needed.has(flow)) made.set(flow, asTested(flow, made, loaders, folder))
  return { flows: [...made.values()], loaders }
}

function asTested(
  flow: RunnableFlow,
  made: ReadonlyMap<RunnableFlow, RunnableFlow>,
  loaders: Map<string, RowLoader>,
  folder: string,
): RunnableFlow {
  const { definition, export: exported, sources } = flow
  const { load } = definition
  const loader = load === undefined ? undefined : createRowLoader()
  if (loader !== undefined) loaders.set(definition.id, loader)
  return {
    ...flow,
    loader,
    ...(load === undefined
      ? {}
      : {
          definition: {
            ...definition,
            // One delivery, one batch, in the order of their numbers.
            load: {
              ...load,
              batchBy: 'file',
              fileOrder: 'natural',
              onChangedFile: 'fail',
              filePattern: 'delivery *',
            },
          },
        }),
    ...(sources === undefined
      ? {}
      : { sources: sources.map((source) => made.get(source) ?? source) }),
    ...(exported === undefined
      ? {}
      : { export: { ...exported, projectDirectory: folder, allowedPaths: [] } }),
  }
}
