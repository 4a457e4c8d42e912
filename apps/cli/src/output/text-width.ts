import { createRequire } from 'node:module'

type StringWidth = (text: string) => number

let stringWidth: StringWidth | undefined

/** Its tables of characters take as long to load as the rest of the command: only text beyond ASCII needs them. */
function measure(text: string): number {
  stringWidth ??= (
    createRequire(import.meta.url)('string-width') as { readonly default: StringWidth }
  ).default
  return stringWidth(text)
}

const ASCII = /^[\u0020-\u007e]*$/

/** Cells that the text takes on a terminal: two for CJK and emoji, none for combining marks. */
export function textWidth(text: string): number {
  return ASCII.test(text) ? text.length : measure(text)
}

let segmenter: Intl.Segmenter | undefined

/** Made when it is first needed: its rules take some milliseconds to load. */
function segments(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return segmenter.segment(text)
}

/** The text, or its beginning and `…` where it is wider than `width` cells. Never cuts a character in two. */
export function cutText(text: string, width: number): string {
  if (text.length <= width && ASCII.test(text)) return text
  if (ASCII.test(text)) return width < 1 ? '' : `${text.slice(0, width - 1)}…`
  // A cell holds at most one character of 16 code units or so: what lies far beyond the cut is not measured.
  const near = text.slice(0, width * 32 + 64)
  if (near.length === text.length && textWidth(text) <= width) return text
  let cut = ''
  let used = 0
  for (const { segment } of segments(near)) {
    const cells = textWidth(segment)
    if (used + cells > width - 1) break
    cut += segment
    used += cells
  }
  return width < 1 ? '' : `${cut}…`
}

/** The text with blanks to `width` cells, after it or before it. */
export function padText(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const blanks = ' '.repeat(Math.max(0, width - textWidth(text)))
  return side === 'left' ? text + blanks : blanks + text
}
