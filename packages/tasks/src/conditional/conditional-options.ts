import type { OptionDescriptor } from '@qarion/core'

/** Settings of a conditional. */
export const CONDITIONAL_OPTIONS: readonly OptionDescriptor[] = [
  {
    name: 'condition_type',
    type: 'choice',
    choices: ['task_result', 'value', 'variable', 'data'],
    isRequired: true,
    description:
      'What is asked: whether a task succeeded, a value of its result, a variable, or how many rows a dataset has.',
  },
  {
    name: 'condition',
    type: 'json',
    isRequired: true,
    description:
      'Of what: { task_id = "…" }, for a value with key = "a.b", { variable = "…" }, or { dataset_id = "…", where = "…" }.',
  },
  {
    name: 'branches',
    type: 'json',
    isRequired: true,
    description:
      'Tables { name, condition, task_ids }; the first one whose condition holds is chosen: { result = "success" }, or equals, not_equals, in, at_least, at_most, more_than, less_than.',
  },
  {
    name: 'default_branch',
    type: 'strings',
    description: 'Tasks that run where no branch is chosen.',
  },
]
