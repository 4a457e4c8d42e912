/** How many code points a text has. */
export function countCodePoints(text: string): number {
  let count = 0
  for (let at = 0; at < text.length; at += stepAt(text, at)) count += 1
  return count
}

/** The first `count` code points. */
export function firstCodePoints(text: string, count: number): string {
  if (text.length <= count) return text
  let end = 0
  for (let index = 0; index < count && end < text.length; index += 1) end += stepAt(text, end)
  return text.slice(0, end)
}

function stepAt(text: string, at: number): number {
  return (text.codePointAt(at) as number) > 0xff_ff ? 2 : 1
}
