import { nearest, suggest } from '@qarion/config'
import type { QarionError } from '@qarion/core'
import { runtimeError, type RunnableFlow } from '@qarion/runtime'

import type { FlowSelection } from './qarion.ts'

/** What a selection looks at of a flow. */
export interface SelectableFlow {
  readonly definition: Pick<RunnableFlow['definition'], 'id' | 'tags'>
  /** Flows whose datasets it reads. */
  readonly sources?: readonly SelectableFlow[]
}

/** One flow by its id. */
export function findFlow<Flow extends SelectableFlow>(flows: readonly Flow[], id: string): Flow {
  const found = flows.find(({ definition }) => definition.id === id)
  if (found === undefined) throw unknownFlow(flows, id)
  return found
}

/**
 * The flows that a selection names, in the order given: every word adds flows, `exclude` takes away, no word is all of
 * them. A word that fits nothing is refused, and so is a selection that leaves nothing.
 */
export function selectFlows<Flow extends SelectableFlow>(
  flows: readonly Flow[],
  { flows: words = [], exclude = [] }: FlowSelection,
): readonly Flow[] {
  const chosen = words.length === 0 ? new Set(flows) : unite(flows, words)
  const excluded = unite(flows, exclude)
  const left = flows.filter((flow) => chosen.has(flow) && !excluded.has(flow))
  if (left.length === 0 && exclude.length > 0) {
    throw emptySelection(
      `nothing is left of ${words.length === 0 ? 'all flows' : quoted(words)} without ${quoted(exclude)}`,
      'Exclude less, or select more.',
    )
  }
  return left
}

/** What the flows read, over all steps, and is neither among them nor in `known`. */
export function unreadSources(
  flows: readonly RunnableFlow[],
  known: ReadonlySet<string>,
): readonly RunnableFlow[] {
  const all = reach(new Set(flows), ({ sources = [] }) => sources)
  return [...all].filter((flow) => !flows.includes(flow) && !known.has(flow.definition.id))
}

function unite<Flow extends SelectableFlow>(
  flows: readonly Flow[],
  words: readonly string[],
): ReadonlySet<Flow> {
  return new Set(words.flatMap((word) => [...selectWord(flows, word)]))
}

/** `a,b`: what both select. */
function selectWord<Flow extends SelectableFlow>(
  flows: readonly Flow[],
  word: string,
): ReadonlySet<Flow> {
  const [first, ...others] = word.split(',').map((part) => selectPart(flows, part, word))
  const both = [...(first as ReadonlySet<Flow>)].filter((flow) =>
    others.every((set) => set.has(flow)),
  )
  if (both.length === 0) {
    throw emptySelection(
      `no flow is in every part of \`${word}\``,
      'A comma keeps what all parts select; words with a blank between them add up.',
    )
  }
  return new Set(both)
}

const PART = /^(?:(?<up>\d*)\+)?(?<name>[^+]+?)(?:\+(?<down>\d*))?$/

function selectPart<Flow extends SelectableFlow>(
  flows: readonly Flow[],
  part: string,
  word: string,
): ReadonlySet<Flow> {
  const groups = PART.exec(part)?.groups
  if (groups?.['name'] === undefined) {
    throw runtimeError('QRN-RUN-017', 'usage', `\`${word.slice(0, 80)}\` selects no flows`, {
      hint: 'Write `orders`, `ord*`, `tag:daily`, `orders+` (with all that read it) or `+orders` (with all that it reads).',
    })
  }
  const { up, name, down } = groups
  const named = new Set(flowsNamed(flows, name))
  const reads = ({ sources = [] }: Flow): readonly Flow[] =>
    flows.filter((flow) => sources.some((source) => sameFlow(source, flow)))
  const readBy = (flow: Flow): readonly Flow[] =>
    flows.filter(({ sources = [] }) => sources.some((source) => sameFlow(source, flow)))
  return new Set([
    ...(up === undefined ? [] : reach(named, reads, depthOf(up))),
    ...(down === undefined ? [] : reach(named, readBy, depthOf(down))),
    ...named,
  ])
}

function flowsNamed<Flow extends SelectableFlow>(
  flows: readonly Flow[],
  name: string,
): readonly Flow[] {
  const [, method, value = name] = /^([^:]*):(.*)$/.exec(name) ?? []
  if (method !== undefined && method !== 'tag') {
    throw runtimeError('QRN-RUN-017', 'usage', `flows are not selected by \`${method}:\``, {
      hint: 'Write an id, a part of one with `*`, or `tag:` and a tag.',
    })
  }
  const fits = fitting(value)
  const wordsOf = ({ definition }: Flow): readonly string[] =>
    method === undefined ? [definition.id] : (definition.tags ?? [])
  const found = flows.filter((flow) => wordsOf(flow).some(fits))
  if (found.length > 0) return found
  if (method === undefined && !isPattern(value)) throw unknownFlow(flows, name)
  const known = [...new Set(flows.flatMap(wordsOf))]
  throw emptySelection(
    method === undefined
      ? `no flow is called like \`${value}\``
      : `no flow has the tag \`${value}\``,
    suggest(value, known) ??
      'Tags are declared in flow files, above the first table: tags = ["daily"].',
  )
}

function sameFlow(left: SelectableFlow, right: SelectableFlow): boolean {
  return left.definition.id === right.definition.id
}

/** All that is reached in so many steps, with where one starts. */
function reach<Item>(
  from: ReadonlySet<Item>,
  next: (item: Item) => readonly Item[],
  depth = Number.POSITIVE_INFINITY,
): ReadonlySet<Item> {
  const reached = new Set(from)
  let edge = [...from]
  for (let step = 0; step < depth && edge.length > 0; step += 1) {
    edge = [...new Set(edge.flatMap(next))].filter((item) => !reached.has(item))
    for (const item of edge) reached.add(item)
  }
  return reached
}

function depthOf(digits: string): number {
  return digits === '' ? Number.POSITIVE_INFINITY : Number(digits)
}

function isPattern(text: string): boolean {
  return /[*?]/.test(text)
}

function fitting(pattern: string): (text: string) => boolean {
  if (!isPattern(pattern)) return (text) => text === pattern
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  const expression = new RegExp(`^${source}$`)
  return (text) => expression.test(text)
}

function unknownFlow(flows: readonly SelectableFlow[], name: string): QarionError {
  const ids = flows.map(({ definition }) => definition.id)
  const near = nearest(name, ids)
  return runtimeError('QRN-RUN-001', 'usage', `the project has no flow "${name}"`, {
    hint:
      ids.length === 0
        ? 'It has no flows yet.'
        : `${near === undefined ? '' : `Did you mean \`${near}\`? `}It has: ${ids.join(', ')}.`,
  })
}

function emptySelection(message: string, hint: string): QarionError {
  return runtimeError('QRN-RUN-015', 'usage', message, { hint })
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ')
}
