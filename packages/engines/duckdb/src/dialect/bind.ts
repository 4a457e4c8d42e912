/** Longest SQL that is written several times rather than named once. */
const SHORT = 160

/** A name for what a lambda takes. DuckDB looks among the columns first; no column of users starts so. */
export function lambdaName(label: string): string {
  return `xt_lambda_${label}`
}

/**
 * SQL in which `operands` occur several times. Long ones are evaluated once, in a list of one struct that a lambda
 * reads: written out again at each level, a nested expression would grow exponentially. `label` tells nested names apart.
 */
export function bindOperands(
  operands: readonly string[],
  label: string,
  body: (names: readonly string[]) => string,
): string {
  if (operands.every((sql) => sql.length <= SHORT)) return body(operands)
  const name = lambdaName(label)
  const fields = operands.map((sql, index) => `'f${index}': ${sql}`)
  const names = operands.map((_, index) => `${name}.f${index}`)
  return `list_transform([{${fields.join(', ')}}], lambda ${name}: ${body(names)})[1]`
}
