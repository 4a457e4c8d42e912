import type { CharacterSet } from './character-set.ts'
import type { Pattern } from './pattern.ts'

/** Kept sets of steps; more are forgotten and found again, so that memory stays bounded. */
const MAX_STATES = 2000

/** Steps of a pattern as a list; `next` are places in it. */
type Step =
  | { readonly kind: 'character'; readonly of: CharacterSet; next: number }
  | { readonly kind: 'split'; next: number[] }
  | { readonly kind: 'start' | 'end'; next: number }
  | { readonly kind: 'found' }

/** The steps that a text may stand at. */
interface State {
  readonly steps: readonly number[]
  readonly isFound: boolean
  /** The state after a character, by the class of it. */
  readonly after: (State | undefined)[]
  isFoundAtEnd?: boolean
}

/**
 * A function that says whether the pattern is found somewhere in a text. It reads each character once, whatever the
 * pattern, and never goes back.
 */
export function createPatternMatcher(pattern: Pattern): (text: string) => boolean {
  const steps = stepsOf(pattern)
  const classes = characterClasses(steps)
  let states = new Map<string, State>()

  /** All steps reached without a character; anchors hold where the place is such. */
  const reach = (from: readonly number[], isStart: boolean, isEnd: boolean): number[] => {
    const reached = new Set<number>()
    const open = [...from]
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (reached.has(at)) continue
      reached.add(at)
      const step = steps[at] as Step
      if (step.kind === 'split') open.push(...step.next)
      else if ((step.kind === 'start' && isStart) || (step.kind === 'end' && isEnd))
        open.push(step.next)
    }
    return [...reached].toSorted((left, right) => left - right)
  }
  const isFoundIn = (reached: readonly number[]): boolean =>
    reached.some((at) => steps[at]?.kind === 'found')
  const stateOf = (reached: readonly number[]): State => {
    const key = reached.join(',')
    const known = states.get(key)
    if (known !== undefined) return known
    if (states.size >= MAX_STATES) states = new Map()
    const made: State = { steps: reached, isFound: isFoundIn(reached), after: [] }
    states.set(key, made)
    return made
  }
  const advance = (state: State, codePoint: number): State => {
    const from = state.steps.flatMap((at) => {
      const step = steps[at] as Step
      return step.kind === 'character' && isIn(step.of, codePoint) ? [step.next] : []
    })
    // A match may begin at every place.
    return stateOf(reach([...from, 0], false, false))
  }

  const first: State = {
    steps: reach([0], true, false),
    isFound: isFoundIn(reach([0], true, false)),
    after: [],
  }
  const isFoundInNothing = isFoundIn(reach([0], true, true))
  return (text) => {
    if (first.isFound) return true
    if (text === '') return isFoundInNothing
    let state = first
    for (let at = 0; at < text.length; at += 1) {
      const codePoint = text.codePointAt(at) as number
      if (codePoint > 0xff_ff) at += 1
      const group = classes(codePoint)
      state = state.after[group] ??= advance(state, codePoint)
      if (state.isFound) return true
    }
    return (state.isFoundAtEnd ??= isFoundIn(reach(state.steps, false, true)))
  }
}

function stepsOf(pattern: Pattern): readonly Step[] {
  const steps: Step[] = []
  const add = (step: Step): number => steps.push(step) - 1
  const split = (): { readonly next: number[] } => {
    const step = { kind: 'split' as const, next: [] }
    add(step)
    return step
  }
  const write = (node: Pattern): void => {
    switch (node.kind) {
      case 'character':
        add({ kind: 'character', of: node.of, next: steps.length + 1 })
        return
      case 'start':
      case 'end':
        add({ kind: node.kind, next: steps.length + 1 })
        return
      case 'sequence':
        node.parts.forEach(write)
        return
      case 'choice':
        writeChoice(node.branches)
        return
      case 'repeat':
        writeRepeat(node)
    }
  }
  const writeChoice = (branches: readonly Pattern[]): void => {
    const start = split()
    const ends = branches.map((branch) => {
      start.next.push(steps.length)
      write(branch)
      return split()
    })
    for (const end of ends) end.next.push(steps.length)
  }
  const writeRepeat = ({ part, least, most }: Extract<Pattern, { kind: 'repeat' }>): void => {
    for (let count = 0; count < least; count += 1) write(part)
    if (most === undefined) {
      const at = steps.length
      const start = split()
      start.next.push(steps.length)
      write(part)
      split().next.push(at)
      start.next.push(steps.length)
      return
    }
    const starts = Array.from({ length: most - least }, () => {
      const start = split()
      start.next.push(steps.length)
      write(part)
      return start
    })
    for (const start of starts) start.next.push(steps.length)
  }
  write(pattern)
  add({ kind: 'found' })
  return steps
}

/** A number for each character, the same for those that the pattern does not tell apart. */
function characterClasses(steps: readonly Step[]): (codePoint: number) => number {
  const bounds = new Set<number>()
  for (const step of steps) {
    if (step.kind !== 'character') continue
    for (const { first, last } of step.of) bounds.add(first).add(last + 1)
  }
  const sorted = [...bounds].toSorted((left, right) => left - right)
  const find = (codePoint: number): number => {
    let [low, high] = [0, sorted.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sorted[middle] as number) <= codePoint) low = middle + 1
      else high = middle
    }
    return low
  }
  const ofAscii = Array.from({ length: 128 }, (_, codePoint) => find(codePoint))
  return (codePoint) => ofAscii[codePoint] ?? find(codePoint)
}

function isIn(set: CharacterSet, codePoint: number): boolean {
  return set.some(({ first, last }) => codePoint >= first && codePoint <= last)
}
