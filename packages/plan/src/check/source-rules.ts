import { formatType, type FromRule, type SeriesRule, type ValuesRule } from '@qarion/core'

import { planError } from '../plan-errors.ts'
import { checkExpression } from './check-expression.ts'
import { requireDataset, requireQuery, type CheckScope } from './check-scope.ts'
import { columnsOfDataset, requireSameType, type PlanColumn } from './plan-column.ts'

export function inferFrom(rule: FromRule, scope: CheckScope): readonly PlanColumn[] {
  if (rule.source.kind === 'query') return requireQuery(scope.queries, rule.source.query)
  const dataset = requireDataset(scope.datasets, rule.source.dataset)
  const isByBatch = dataset.storage.kind === 'batches'
  if (isByBatch !== (rule.source.version !== undefined)) {
    throw planError(
      'QRN-PLAN-012',
      isByBatch
        ? `${dataset.id} is stored by batch and is read without a version.`
        : `${dataset.id} is not stored by batch and is read with a version.`,
    )
  }
  return columnsOfDataset(dataset)
}

export function inferValues(rule: ValuesRule): readonly PlanColumn[] {
  if (rule.columns.length === 0) throw planError('QRN-PLAN-015', 'The rule has no columns.')
  for (const [index, row] of rule.rows.entries()) {
    if (row.length !== rule.columns.length) {
      throw planError(
        'QRN-PLAN-015',
        `Row ${index + 1} has ${row.length} cells for ${rule.columns.length} columns.`,
      )
    }
  }
  return rule.columns.map(({ name, type }, index) => {
    let nullable = false
    for (const row of rule.rows) {
      const cell = row[index]
      if (cell?.kind !== 'literal' && cell?.kind !== 'parameter') {
        throw planError('QRN-PLAN-015', `A cell of ${name} is neither a constant nor a parameter.`)
      }
      requireSameType(cell.type, type, `A cell of ${name}`)
      nullable = checkExpression(cell, []) || nullable
    }
    return { name, type, nullable }
  })
}

export function inferSeries(rule: SeriesRule): readonly PlanColumn[] {
  const { type } = rule.start
  if (type.kind !== 'integer' && type.kind !== 'date' && type.kind !== 'timestamp') {
    throw planError(
      'QRN-PLAN-002',
      `A series of ${formatType(type)} is not possible.`,
      'Series are of integers, dates or timestamps.',
    )
  }
  requireSameType(type, rule.stop.type, 'Start and stop of a series')
  checkExpression(rule.start, [])
  checkExpression(rule.stop, [])
  checkExpression(rule.step, [])
  const { step } = rule
  if (
    step.kind !== 'literal' ||
    step.type.kind !== 'integer' ||
    step.text === null ||
    BigInt(step.text) < 1n
  ) {
    throw planError(
      'QRN-PLAN-015',
      'The step of a series is not an integer constant of at least 1.',
    )
  }
  return [{ name: rule.column, type, nullable: false }]
}
