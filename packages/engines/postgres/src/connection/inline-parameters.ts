import { quoteText, type SqlStatement } from '@qarion/kit-sql'

import { textForm } from '../dialect/literal.ts'

/**
 * Texts and names, which are passed over, and markers. The compiler writes no other quotes and no comments, and with
 * standard_conforming_strings a doubled quote is two texts side by side.
 */
const PIECES = /'[^']*'|"[^"]*"|\$(\d+)/g

/** The statement with its bound values written in: COPY takes none. The marker stands in a cast to the value's type. */
export function inlineParameters({ sql, parameters }: SqlStatement): string {
  if (parameters.length === 0) return sql
  const texts = boundTexts(parameters).map((text) => (text === null ? 'NULL' : quoteText(text)))
  return sql.replace(PIECES, (piece, position: string | undefined) =>
    position === undefined ? piece : (texts[Number(position) - 1] ?? piece),
  )
}

/** Values in the form that the server reads. */
export function boundTexts(parameters: SqlStatement['parameters']): readonly (string | null)[] {
  return parameters.map(({ value, type }) => (value === null ? null : textForm(value, type)))
}
