/** Why a value is no JSON, with the way to it; `undefined` if it is. */
export function jsonProblem(value: unknown, way = 'the result'): string | undefined {
  return find(value, way, [])
}

function find(value: unknown, way: string, above: readonly unknown[]): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined
  if (typeof value === 'number')
    return Number.isFinite(value) ? undefined : `${way} is ${value}, which JSON does not know`
  if (typeof value !== 'object')
    return `${way} is ${typeof value === 'bigint' ? 'a bigint: give its text' : `of the type ${typeof value}`}`
  if (above.includes(value)) return `${way} holds itself`
  if (above.length >= DEEPEST) return `${way} is more than ${DEEPEST} levels deep`
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const problem = find(item, `${way}[${index}]`, [...above, value])
      if (problem !== undefined) return problem
    }
    return undefined
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null)
    return `${way} is ${(value.constructor as { readonly name?: string } | undefined)?.name ?? 'an object'}, not plain data`
  for (const [key, item] of Object.entries(value)) {
    const problem = find(item, `${way}.${key}`, [...above, value])
    if (problem !== undefined) return problem
  }
  return undefined
}

const DEEPEST = 200
