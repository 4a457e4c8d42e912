/** Elements of a canonical JSON array as they stand in it: the type `json` keeps the text. */
export function unnest(
  array: string,
  alias: string,
): { readonly from: string; readonly element: string; readonly ordinal: string } {
  return {
    from: `json_array_elements(CAST(${array} AS JSON)) WITH ORDINALITY AS ${alias}(element, ordinal)`,
    element: `(CAST(${alias}.element AS TEXT) COLLATE "C")`,
    ordinal: `${alias}.ordinal`,
  }
}
