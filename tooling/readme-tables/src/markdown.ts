/** A table of Markdown. Bars and line breaks within a cell do not end it, `<` outside of code begins no HTML. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return [rowText(head), `|${'---|'.repeat(head.length)}`, ...rows.map(rowText)].join('\n')
}

function rowText(cells: readonly string[]): string {
  return `| ${cells.map(cellText).join(' | ')} |`
}

function cellText(text: string): string {
  return text
    .replaceAll(/`[^`]*`|</g, (found) => (found === '<' ? '&lt;' : found))
    .replaceAll('|', String.raw`\|`)
    .replaceAll(/\s*\n\s*/g, ' ')
}
