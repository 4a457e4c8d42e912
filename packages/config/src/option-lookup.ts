import { isQarionError, type OptionDescriptor } from '@qarion/core'

import { suggest } from './nearest.ts'
import type { ProblemList } from './problem-list.ts'
import type { Spot } from './toml-node.ts'

/** Option tables of one kind of plugin; this package imports none itself. */
export interface OptionLookup {
  /** Ids that can be used, for hints. */
  readonly ids: readonly string[]
  /** The options of a plugin; `undefined` if nothing provides it. May throw a QarionError that says more. */
  options(
    id: string,
  ): readonly OptionDescriptor[] | undefined | Promise<readonly OptionDescriptor[] | undefined>
}

/** Looks ids up once each; an id that nothing provides is a problem wherever it is used. */
export function createFinder(
  lookup: OptionLookup,
  what: string,
  problems: ProblemList,
): (id: string, at: Spot) => Promise<readonly OptionDescriptor[] | undefined> {
  const found = new Map<
    string,
    readonly OptionDescriptor[] | undefined | { readonly thrown: unknown }
  >()
  return async (id, at) => {
    if (!found.has(id)) {
      try {
        found.set(id, await lookup.options(id))
      } catch (thrown) {
        found.set(id, { thrown })
      }
    }
    const result = found.get(id)
    if (result !== undefined && 'thrown' in result) {
      if (!isQarionError(result.thrown)) throw result.thrown
      problems.addError(result.thrown, at)
      return undefined
    }
    if (result === undefined) {
      problems.add({
        code: 'QRN-CONFIG-011',
        message: `nothing provides the ${what} \`${id.slice(0, 80)}\``,
        hint: suggest(id, lookup.ids) ?? 'Install the package that provides it.',
        at,
        data: { id },
      })
    }
    return result
  }
}
