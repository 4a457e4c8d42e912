/** `@acme/engines#duckdb` → its package and id; without `#` the whole is the name. */
export function splitFullId(text: string): { readonly packageName: string; readonly id?: string } {
  const hash = text.lastIndexOf('#')
  return hash < 0
    ? { packageName: text }
    : { packageName: text.slice(0, hash), id: text.slice(hash + 1) }
}
