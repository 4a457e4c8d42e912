/**
 * Elements of a canonical JSON array as they stand in it. Arrays without nested ones are cut apart as text, since
 * DuckDB's JSON functions pass numbers through doubles; nested elements go through them.
 */
export function unnest(
  array: string,
  alias: string,
): { readonly from: string; readonly element: string; readonly ordinal: string } {
  const scalars = String.raw`"(?:[^"\\]|\\.)*"|[^,"\[\]]+`
  const bare = `regexp_replace(${array}, '"(?:[^"\\\\]|\\\\.)*"', '', 'g')`
  const isFlat = `NOT regexp_matches(substring(${bare}, 2), '[\\[{]')`
  const elements = `CASE WHEN ${isFlat} THEN regexp_extract_all(${array}, '${scalars}') ELSE json_extract(${array}, '$[*]')::VARCHAR[] END`
  return {
    from: `LATERAL (SELECT unnest(e) AS element, generate_subscripts(e, 1) AS ordinal FROM (SELECT ${elements} AS e)) AS ${alias}`,
    element: `${alias}.element`,
    ordinal: `${alias}.ordinal`,
  }
}
