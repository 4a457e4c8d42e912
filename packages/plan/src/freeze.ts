/**
 * Freezes plain data all the way down and gives it back. What is frozen already is taken to be so to its end: plans are
 * put together from parts that came from here, and remembering each part cost more than making it.
 */
export function deepFreeze<Data>(data: Data): Data {
  if (typeof data !== 'object' || data === null || Object.isFrozen(data)) return data
  Object.freeze(data)
  for (const key in data) deepFreeze(data[key])
  return data
}
