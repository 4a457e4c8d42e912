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

/** Whether the bytes from `start` to `end` are ASCII. */
export function isAsciiRange(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((bytes[at] as number) >= 0x80) return false
  return true
}

function stepAt(text: string, at: number): number {
  return (text.codePointAt(at) as number) > 0xff_ff ? 2 : 1
}
