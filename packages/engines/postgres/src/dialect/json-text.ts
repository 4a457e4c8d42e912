/** The canonical JSON string of a text: the server escapes as ECMAScript does, `\u001f` in small letters. */
export function quoteJson(text: string): string {
  return `(CAST(to_json(${text}) AS TEXT) COLLATE "C")`
}
