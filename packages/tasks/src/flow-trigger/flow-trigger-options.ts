import type { OptionDescriptor } from '@qarion/core'

/** Settings of a trigger. */
export const FLOW_TRIGGER_OPTIONS: readonly OptionDescriptor[] = [
  {
    name: 'target_flow_id',
    type: 'string',
    description: 'The flow that is run; the one named like the task if absent.',
  },
  {
    name: 'condition',
    type: 'choice',
    choices: ['success', 'failure', 'always'],
    default: 'success',
    description: 'Run if the tasks before it succeeded, if one of them failed, or in any case.',
  },
  { name: 'variables', type: 'table', description: 'Values for variables of the flow.' },
  {
    name: 'execution_date',
    type: 'string',
    description: 'Time of the batch of the flow, ISO 8601.',
  },
  {
    name: 'pass_batch_time',
    type: 'boolean',
    default: false,
    description: 'Whether the batch of the flow gets the time of the batch of this one.',
  },
  {
    name: 'wait_for_completion',
    type: 'boolean',
    default: true,
    isAdvanced: true,
    description: 'Always true: a run ends once all of its flows have.',
  },
]
