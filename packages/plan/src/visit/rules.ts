import type { Expression, Instruction, MergeBranch, Query, Rule, RuleOperation } from '@qarion/core'

/** One function per operation: a forgotten one does not compile. */
export type RuleVisitor<Result> = {
  readonly [Operation in RuleOperation]: (
    rule: Extract<Rule, { operation: Operation }>,
    query: Query,
  ) => Result
}

/** Calls the visitor's function of each rule of each query, in order, and gives the results. */
export function visitRules<Result>(
  queries: readonly Query[],
  visitor: RuleVisitor<Result>,
): readonly Result[] {
  return queries.flatMap((query) =>
    query.rules.map((rule) => {
      // The operation picks the function that takes this rule; the compiler cannot see the two go together.
      const visit = visitor[rule.operation] as (rule: Rule, query: Query) => Result
      return visit(rule, query)
    }),
  )
}

/** The expressions that stand directly in a rule, in order. */
export function expressionsOfRule(rule: Rule): readonly Expression[] {
  switch (rule.operation) {
    case 'values':
      return rule.rows.flat()
    case 'series':
      return [rule.start, rule.stop, rule.step]
    case 'select':
    case 'derive':
      return rule.columns.map(({ expression }) => expression)
    case 'filter':
      return [rule.condition]
    case 'aggregate':
      return rule.measures.flatMap((measure) => measure.arguments)
    case 'window':
      return rule.columns.flatMap((column) => column.arguments)
    case 'from':
    case 'rename':
    case 'drop':
    case 'join':
    case 'union':
    case 'distinct':
    case 'sort':
    case 'limit':
    case 'unnest':
    case 'assert':
      return []
  }
}

/** The rule with the expressions that stand directly in it replaced. */
export function mapExpressionsOfRule(
  rule: Rule,
  map: (expression: Expression) => Expression,
): Rule {
  const named = <Item extends { readonly expression: Expression }>(item: Item): Item => ({
    ...item,
    expression: map(item.expression),
  })
  const withArguments = <Item extends { readonly arguments: readonly Expression[] }>(
    item: Item,
  ): Item => ({ ...item, arguments: item.arguments.map(map) })
  switch (rule.operation) {
    case 'values':
      return { ...rule, rows: rule.rows.map((row) => row.map(map)) }
    case 'series':
      return { ...rule, start: map(rule.start), stop: map(rule.stop) }
    case 'select':
    case 'derive':
      return { ...rule, columns: rule.columns.map(named) }
    case 'filter':
      return { ...rule, condition: map(rule.condition) }
    case 'aggregate':
      return { ...rule, measures: rule.measures.map(withArguments) }
    case 'window':
      return { ...rule, columns: rule.columns.map(withArguments) }
    default:
      return rule
  }
}

/** The expressions of a merge branch: its condition, then what it sets. */
export function expressionsOfBranch(branch: MergeBranch): readonly Expression[] {
  const condition = branch.condition === undefined ? [] : [branch.condition]
  return 'set' in branch.action
    ? [...condition, ...branch.action.set.map(({ expression }) => expression)]
    : condition
}

/** Every expression of an instruction, of its queries first, then of its writes. */
export function expressionsOfInstruction(instruction: Instruction): readonly Expression[] {
  return [
    ...instruction.queries.flatMap((query) => query.rules.flatMap(expressionsOfRule)),
    ...instruction.writes.flatMap((write) =>
      write.kind === 'merge' ? write.branches.flatMap(expressionsOfBranch) : [],
    ),
  ]
}
