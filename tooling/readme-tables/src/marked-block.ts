/**
 * The text with `content` between `<!-- name:begin -->` and `<!-- name:end -->`; `undefined` if it does not hold these
 * two lines once each, in this order.
 */
export function replaceMarkedBlock(
  text: string,
  name: string,
  content: string,
): string | undefined {
  const [before, rest, ...moreBegins] = text.split(`<!-- ${name}:begin -->\n`)
  const [, after, ...moreEnds] = rest?.split(`<!-- ${name}:end -->\n`) ?? []
  if (before === undefined || after === undefined) return undefined
  if (moreBegins.length > 0 || moreEnds.length > 0) return undefined
  return `${before}<!-- ${name}:begin -->\n\n${content}\n\n<!-- ${name}:end -->\n${after}`
}
