import type { FlowType } from '@qarion/core'

import { planTasks, taskSources } from './plan-tasks.ts'

/** The flow type `standard`: a DAG of tasks, run anew as a batch each time. */
export const standard: FlowType = Object.freeze({
  changeEffects: Object.freeze({}),
  takesTasks: true,
  sources: taskSources,
  plan: planTasks,
})
