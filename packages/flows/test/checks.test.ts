import { DataTypes, isQarionError, type FlowDefinition, type QarionError } from '@qarion/core'
import { errorParking } from '@qarion/flows'
import { expect, it } from 'vitest'

function problemOf(check: Readonly<Record<string, unknown>>): QarionError | undefined {
  const definition: FlowDefinition = {
    id: 'p',
    name: 'P',
    flowType: 'error_parking',
    namespace: 'raw',
    input: {
      primaryKey: ['id'],
      columns: [
        { name: 'id', type: DataTypes.integer, required: true },
        { name: 'email', type: DataTypes.string, required: false },
      ],
    },
    properties: { quality_checks: [{ check_id: 'c', ...check }] },
  }
  try {
    errorParking.plan(definition)
    return undefined
  } catch (thrown) {
    if (isQarionError(thrown)) return thrown
    throw thrown
  }
}

it.each([
  [{ check_type: 'completness', columns: ['email'] }, 'QRN-CHECK-002', 'check_type'],
  [{ check_type: 'completeness', columns: ['emial'] }, 'QRN-CHECK-003', 'columns.0'],
  [{ check_type: 'length', columns: ['id'], config: { min: 1 } }, 'QRN-CHECK-004', 'columns'],
  [
    { check_type: 'pattern', columns: ['email'], config: { pattern: '(' } },
    'QRN-PLAN-003',
    'config.pattern',
  ],
  [
    { check_type: 'expression', config: { expression: 'ids > 1' } },
    'QRN-EXPR-005',
    'config.expression',
  ],
  [{ check_type: 'row_count', config: { min: 1 } }, 'QRN-PARK-003', undefined],
])('%o is refused with %s', (check, code, path) => {
  const error = problemOf(check)
  expect(error?.code).toBe(code)
  if (path !== undefined)
    expect(error?.data['path']).toEqual(['properties', 'quality_checks', '0', ...path.split('.')])
})
