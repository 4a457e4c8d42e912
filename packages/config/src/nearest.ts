import { distance } from 'fastest-levenshtein'

/** The known name nearest to a misspelt one, if it is near enough to be meant. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1
  for (const candidate of known) {
    const found = distance(name.toLowerCase(), candidate.toLowerCase())
    if (found < bestDistance && found < candidate.length) {
      best = candidate
      bestDistance = found
    }
  }
  return best
}

/** `Did you mean …?` or else the list of what is known. */
export function suggest(name: string, known: readonly string[]): string | undefined {
  const near = nearest(name, known)
  if (near !== undefined) return `Did you mean \`${near}\`?`
  if (known.length === 0) return undefined
  const shown = known.slice(0, LONGEST_LIST).map((each) => `\`${each}\``)
  const more = known.length > LONGEST_LIST ? `, and ${known.length - LONGEST_LIST} more` : ''
  return `Known here: ${shown.join(', ')}${more}.`
}

const LONGEST_LIST = 20
