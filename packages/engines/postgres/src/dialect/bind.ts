/** Longest SQL that is written several times rather than named once. */
const SHORT = 160

/**
 * SQL in which `operands` occur several times. Long ones are evaluated once, in a row that a scalar subquery reads:
 * written out again at each level, a nested expression would grow exponentially. `OFFSET 0` keeps the planner from
 * writing them out by itself. `label` tells nested names apart.
 */
export function bindOperands(
  operands: readonly string[],
  label: string,
  body: (names: readonly string[]) => string,
): string {
  if (operands.every((sql) => sql.length <= SHORT)) return body(operands)
  const alias = `xt_bound_${label}`
  const fields = operands.map((sql, index) => `${sql} AS f${index}`)
  const names = operands.map((_, index) => `${alias}.f${index}`)
  return `(SELECT ${body(names)} FROM (SELECT ${fields.join(', ')} OFFSET 0) AS ${alias})`
}
