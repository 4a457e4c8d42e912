import type { MergeBranch, Write } from '@qarion/core'

import { printExpression } from '../parse/print-expression.ts'

/** A write as one line for people; a merge with a line per branch. */
export function explainWrite(write: Write): readonly string[] {
  switch (write.kind) {
    case 'append':
      return [`append ${write.query} to ${write.dataset}`]
    case 'replace':
      return [`replace this batch's rows of ${write.dataset} by ${write.query}`]
    case 'overwrite':
      return [`replace all rows of ${write.dataset} by ${write.query}`]
    case 'replace_keys':
      return [
        `replace rows of ${write.dataset} with the ${write.scope.join(', ')} of ${write.query} by ${write.query}`,
      ]
    case 'delete':
      return [`delete rows of ${write.dataset} with the ${write.on.join(', ')} of ${write.query}`]
    case 'merge':
      return [
        `merge ${write.query} into ${write.dataset} on ${write.on.join(', ')}`,
        ...write.branches.map(explainBranch),
      ]
  }
}

function explainBranch(branch: MergeBranch): string {
  const condition =
    branch.condition === undefined ? '' : ` and ${printExpression(branch.condition)}`
  const { action } = branch
  const set = 'set' in action ? ` ${action.set.map(({ name }) => name).join(', ')}` : ''
  return `${branch.when.replaceAll('_', ' ')}${condition}: ${action.kind}${set}`
}
