import type { FlowVariable } from '@qarion/core'
import type { Liquid, LiquidError } from 'liquidjs'

import { suggest } from './nearest.ts'
import type { ProblemList } from './problem-list.ts'
import type { Spot } from './toml-node.ts'

/** Fills `{{ name }}` in texts of one flow in. */
export interface Templates {
  /** Whether a value is a text with a placeholder. */
  isIn(value: unknown): value is string
  /** The text with the values of variables; `undefined` where something is wrong, which is reported. */
  fillIn(text: string, at: Spot, laterNames?: readonly string[]): string | undefined
}

/** What may be done with a value on its way into a text: pure, and the same on every machine and day. */
export const TEMPLATE_FILTERS: readonly string[] = [
  'append',
  'capitalize',
  'downcase',
  'lstrip',
  'prepend',
  'replace',
  'replace_first',
  'rstrip',
  'slice',
  'slugify',
  'strip',
  'truncate',
  'upcase',
  'url_encode',
]

/**
 * Templates over the variables of a flow. Their context is closed: the variables as texts and nothing else, no tags, no
 * files, no properties of JavaScript objects.
 */
export async function createTemplates(
  variables: Readonly<Record<string, FlowVariable>>,
  problems: ProblemList,
): Promise<Templates> {
  const engine = await createEngine()
  const names = Object.keys(variables)
  const values: Record<string, string> = Object.create(null) as Record<string, string>
  for (const [name, { value }] of Object.entries(variables)) values[name] = value

  const fillPiece = (text: string, at: Spot, offset: number): string | undefined => {
    if (!text.includes('{{')) return text
    try {
      const parsed = engine.parse(text)
      const unknown = Object.entries(engine.analyzeSync(parsed).globals).filter(
        ([name]) => !Object.hasOwn(values, name),
      )
      for (const [name, uses] of unknown) {
        for (const { location } of uses) {
          problems.add({
            code: 'QRN-CONFIG-034',
            message: `there is no variable \`${name.slice(0, 80)}\``,
            hint:
              suggest(name, names) ??
              `Declare it: [variables] ${name} = { type = "string", default = "…" }.`,
            at: spotWithin(at, offset + offsetOf(text, location), name.length),
          })
        }
      }
      return unknown.length > 0 ? undefined : (engine.renderSync(parsed, values) as string)
    } catch (thrown) {
      const { message, originalError, token } = thrown as LiquidError
      problems.add({
        code: 'QRN-CONFIG-035',
        message: `the template cannot be read: ${(originalError?.message ?? message).split(', line:')[0]}`,
        at: spotWithin(at, offset + token.begin, token.end - token.begin),
        cause: thrown,
      })
      return undefined
    }
  }
  return {
    isIn: (value): value is string => typeof value === 'string' && value.includes('{{'),
    fillIn: (text, at, laterNames = []) => {
      const pieces: (string | undefined)[] = []
      let end = 0
      for (const match of laterNames.length === 0 ? [] : text.matchAll(placeholderOf(laterNames))) {
        pieces.push(fillPiece(text.slice(end, match.index), at, end), match[0])
        end = match.index + match[0].length
      }
      pieces.push(fillPiece(text.slice(end), at, end))
      return pieces.includes(undefined) ? undefined : pieces.join('')
    },
  }
}

async function createEngine(): Promise<Liquid> {
  // Most flows have no templates, and importing the engine takes longer than loading a small project.
  const { Liquid } = await import('liquidjs')
  const engine = new Liquid({
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    // Where templates are read from memory there are no files to include.
    templates: {},
    parseLimit: 100_000,
    renderLimit: 1000,
    memoryLimit: 1_000_000,
  })
  for (const name of Object.keys(engine.tags)) delete engine.tags[name]
  for (const name of Object.keys(engine.filters))
    if (!TEMPLATE_FILTERS.includes(name)) delete engine.filters[name]
  return engine
}

function placeholderOf(names: readonly string[]): RegExp {
  return new RegExp(`\\{\\{\\s*(?:${names.join('|')})\\s*(?::[^{}]*)?\\}\\}`, 'g')
}

function offsetOf(
  text: string,
  { row, col }: { readonly row: number; readonly col: number },
): number {
  const before = text.split('\n').slice(0, row - 1)
  return before.reduce((sum, line) => sum + line.length + 1, 0) + col - 1
}

/** The spot of a part of a text; of all of it where the file writes it with escapes. */
function spotWithin(at: Spot, offset: number, length: number): Spot {
  const written = at.source.text.slice(at.start, at.end)
  const quotes = /^(?:"""\n?|'''\n?|["'])/.exec(written)?.[0].length ?? 0
  if (written.includes('\\') && !written.startsWith("'")) return at
  const start = at.start + quotes + offset
  return { source: at.source, start, end: start + length }
}
