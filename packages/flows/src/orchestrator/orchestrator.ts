import type { Dataset, DatasetId, FlowDefinition, FlowPlan, FlowType, Task } from '@qarion/core'

import { throwProblems } from '../definition-problems.ts'
import { planTasks, taskSources } from '../standard/plan-tasks.ts'
import { standardError } from '../standard/standard-errors.ts'

/** Tasks of an orchestrator: all other work belongs into the flows that it runs. */
const TYPES: readonly string[] = ['flow_trigger', 'conditional']

/** The flow type `orchestrator`: a DAG of flows, by the tasks that run them and decide between them. */
export const orchestrator: FlowType = Object.freeze({
  changeEffects: Object.freeze({}),
  takesTasks: true,
  sources: taskSources,
  plan(
    definition: FlowDefinition,
    sources?: ReadonlyMap<DatasetId, Dataset>,
    types?: ReadonlyMap<string, Task>,
  ): FlowPlan {
    const problems = (definition.tasks ?? []).flatMap(({ id, type }, index) =>
      TYPES.includes(type)
        ? []
        : [
            standardError(
              'QRN-STANDARD-008',
              definition.id,
              `task "${id}": an orchestrator has no tasks of the type ${type}`,
              { path: ['tasks', String(index), 'type'] },
            ),
          ],
    )
    throwProblems(definition, problems, 'QRN-STANDARD-007')
    return planTasks(definition, sources, types)
  },
})
