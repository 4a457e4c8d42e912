/** Words as one types them into a POSIX shell: quoted where it would read them otherwise. */
export function quoteWords(words: readonly string[]): string {
  return words
    .map((word) =>
      /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`,
    )
    .join(' ')
}

/** The words of a text that `quoteWords` made. */
export function splitWords(text: string): string[] {
  return Array.from(text.matchAll(/(?:'[^']*'|\\.|[^\s'\\])+/g), ([word]) =>
    word.replaceAll(/'([^']*)'|\\(.)/g, (_, quoted: string | undefined, single: string) =>
      quoted === undefined ? single : quoted,
    ),
  )
}
