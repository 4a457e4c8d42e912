import type { TaskDefinition } from '@qarion/core'
import { suggestName } from '@qarion/plan'

import { plainJson } from '../plain-json.ts'
import { settingError } from '../task-errors.ts'
import { TESTS, type Test } from './condition.ts'

export type ConditionType = 'task_result' | 'value' | 'variable' | 'data'

/** A branch as declared. */
export interface Branch {
  readonly name: string
  readonly test: Test
  readonly taskIds: readonly string[]
}

type Table = Readonly<Record<string, unknown>>

/** The keys of `condition` by its type; those with `true` must be there. */
const CONDITION_KEYS: Readonly<Record<ConditionType, Readonly<Record<string, boolean>>>> = {
  task_result: { task_id: true },
  value: { task_id: true, key: false },
  variable: { variable: true },
  data: { dataset_id: true, where: false },
}

/** `condition` as texts by key. Throws QRN-TASK-001, -002. */
export function readCondition(
  { properties }: TaskDefinition,
  type: ConditionType,
): Readonly<Record<string, string>> {
  const path = ['properties', 'condition']
  const keys = CONDITION_KEYS[type]
  const table = tableOf(properties['condition'], path)
  for (const [key, value] of Object.entries(table)) {
    if (!Object.hasOwn(keys, key)) {
      throw settingError(
        'QRN-TASK-002',
        `a condition of the type ${type} has no \`${key}\``,
        [...path, key],
        suggestName(key, Object.keys(keys), 'keys'),
      )
    }
    if (typeof value !== 'string')
      throw settingError('QRN-TASK-002', `\`${key}\` is a text`, [...path, key])
  }
  for (const [key, isRequired] of Object.entries(keys)) {
    if (isRequired && table[key] === undefined)
      throw settingError('QRN-TASK-001', `a condition of the type ${type} needs \`${key}\``, path)
  }
  return table as Readonly<Record<string, string>>
}

/** `branches`; without the type only what they hold is read. Throws QRN-TASK-001, -002. */
export function readBranches(
  { properties }: TaskDefinition,
  type?: ConditionType,
): readonly Branch[] {
  const { branches } = properties
  if (!Array.isArray(branches)) {
    if (type === undefined) return []
    throw settingError('QRN-TASK-002', '`branches` is a list of tables', ['properties', 'branches'])
  }
  const read = branches.map((item: unknown, index) => {
    const path = ['properties', 'branches', index]
    if (type === undefined) return looseBranch(item)
    const table = tableOf(item, path)
    const other = Object.keys(table).find((key) => !BRANCH_KEYS.includes(key))
    if (other !== undefined) {
      throw settingError(
        'QRN-TASK-002',
        `a branch has no \`${other}\``,
        [...path, other],
        suggestName(other, BRANCH_KEYS, 'keys'),
      )
    }
    if (typeof table['name'] !== 'string' || table['name'] === '' || table['name'] === 'default')
      throw settingError(
        'QRN-TASK-002',
        'a branch has a name, and `default` is that of default_branch',
        [...path, 'name'],
      )
    const { taskIds, name } = looseBranch(item)
    return { name, taskIds, test: readTest(table['condition'], type, [...path, 'condition']) }
  })
  const names = read.map(({ name }) => name)
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index)
  if (type !== undefined && twice >= 0) {
    throw settingError('QRN-TASK-002', `there are two branches "${names[twice]}"`, [
      'properties',
      'branches',
      twice,
      'name',
    ])
  }
  return read
}

const BRANCH_KEYS: readonly string[] = ['name', 'condition', 'task_ids']

function looseBranch(item: unknown): Branch {
  const { name, task_ids: taskIds } = (item ?? {}) as Table
  return {
    name: String(name),
    test: {},
    taskIds: Array.isArray(taskIds) ? taskIds.filter((id) => typeof id === 'string') : [],
  }
}

function readTest(value: unknown, type: ConditionType, path: readonly (string | number)[]): Test {
  const table = tableOf(value, path)
  const words = type === 'task_result' ? ['result'] : Object.keys(TESTS)
  const other = Object.keys(table).find((word) => !words.includes(word))
  if (other !== undefined || Object.keys(table).length === 0) {
    throw settingError(
      other === undefined ? 'QRN-TASK-001' : 'QRN-TASK-002',
      other === undefined ? 'the branch has no condition' : `a condition has no \`${other}\``,
      other === undefined ? path : [...path, other],
      other === undefined
        ? `Write one of ${words.join(', ')}.`
        : suggestName(other, words, 'conditions'),
    )
  }
  if (type !== 'task_result') return plainJson(table) as Test
  const { result } = table
  if (result !== 'success' && result !== 'failure') {
    throw settingError('QRN-TASK-002', '`result` is "success" or "failure"', [...path, 'result'])
  }
  return { equals: result }
}

function tableOf(value: unknown, path: readonly (string | number)[]): Table {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Table
  throw settingError('QRN-TASK-002', 'this is a table', path)
}
