import { distance } from 'fastest-levenshtein'

/** The candidate nearest to `name`, if near enough to be a slip: a third of its letters, at least two (swapped ones), of short names one. */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase()
  let nearest: string | undefined
  let best = Math.max(name.length < 4 ? 1 : 2, Math.floor(name.length / 3)) + 1
  for (const candidate of candidates) {
    const steps = distance(wanted, candidate.toLowerCase())
    if (steps < best) {
      best = steps
      nearest = candidate
    }
  }
  return nearest
}

/** A hint that names the nearest candidate, or lists what there is. */
export function suggestName(name: string, candidates: readonly string[], noun: string): string {
  const nearest = nearestName(name, candidates)
  if (nearest !== undefined) return `Did you mean ${nearest}?`
  if (candidates.length === 0) return `There are no ${noun}.`
  const shown = candidates.slice(0, 20).join(', ')
  return `${noun[0]?.toUpperCase()}${noun.slice(1)}: ${shown}${candidates.length > 20 ? ', …' : ''}.`
}
