import { formatCount } from './numbers.ts'
import type { Colors } from './terminal.ts'

interface CountStyle {
  readonly name: string
  readonly sign: string
  readonly color: keyof Pick<Colors, 'green' | 'yellow' | 'red' | 'cyan' | 'dim' | 'magenta'>
}

/** What the record types of a change feed look like, everywhere the same; other names stand as they are. */
export const COUNT_STYLES: readonly CountStyle[] = [
  { name: 'new', sign: '+', color: 'green' },
  { name: 'changed', sign: '~', color: 'yellow' },
  { name: 'deleted', sign: '-', color: 'red' },
  { name: 'reinserted', sign: '↺', color: 'cyan' },
  { name: 'unchanged', sign: '=', color: 'dim' },
  { name: 'rejected', sign: '!', color: 'magenta' },
  { name: 'exported', sign: '→', color: 'green' },
]

/** `+2 new  ~1 changed  -0 deleted`: what is not there stays dim, so that what is stands out. */
export function renderCounts(
  counts: Readonly<Record<string, number>>,
  colors: Colors,
  alwaysShown: readonly string[] = ['new', 'changed', 'deleted'],
): string {
  const styled = COUNT_STYLES.flatMap(({ name, sign, color }) => {
    const count = counts[name]
    if (count === undefined || (count === 0 && !alwaysShown.includes(name))) return []
    const text = `${sign}${formatCount(count)} ${name}`
    return [count === 0 ? colors.dim(text) : colors[color](text)]
  })
  const others = Object.entries(counts)
    .filter(([name, count]) => count > 0 && !COUNT_STYLES.some((style) => style.name === name))
    .map(([name, count]) => `${formatCount(count)} ${name.replaceAll('_', ' ')}`)
  return [...styled, ...others].join('  ')
}
