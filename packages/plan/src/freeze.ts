const frozen = new WeakSet<object>()

/** Freezes plain data all the way down and gives it back. What was frozen here before is not walked again. */
export function deepFreeze<Data>(data: Data): Data {
  if (typeof data !== 'object' || data === null || frozen.has(data)) return data
  for (const value of Object.values(data)) deepFreeze(value)
  Object.freeze(data)
  frozen.add(data)
  return data
}
