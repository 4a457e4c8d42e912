const NAMED: Readonly<Record<number, string>> = {
  8: '\\b',
  9: '\\t',
  10: '\\n',
  12: '\\f',
  13: '\\r',
}

/** What each character that JSON cannot hold becomes, the backslash first. As ECMAScript does: `\u001f`. */
const ESCAPES: readonly (readonly [character: string, escape: string])[] = [
  ["'\\'", "'\\\\'"],
  [`'"'`, `'\\"'`],
  ...Array.from({ length: 31 }, (_, index): readonly [string, string] => {
    const code = index + 1
    return [`chr(${code})`, `'${NAMED[code] ?? `\\u${code.toString(16).padStart(4, '0')}`}'`]
  }),
]

/** SQL of the canonical JSON string of a short SQL text. DuckDB's `to_json` writes \u001F with capitals. */
export function quoteJson(text: string): string {
  const escaped = ESCAPES.reduce(
    (inner, [character, escape]) => `replace(${inner}, ${character}, ${escape})`,
    text,
  )
  return `'"' || CASE WHEN regexp_matches(${text}, '[\\x01-\\x1f"\\\\]') THEN ${escaped} ELSE ${text} END || '"'`
}
