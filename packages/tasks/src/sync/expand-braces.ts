/** `a.{b,c}` → `a.b`, `a.c`; braces within braces are not known. A pattern without them stands for itself. */
export function expandBraces(pattern: string): readonly string[] {
  const match = /^([^{}]*)\{([^{}]*)\}(.*)$/s.exec(pattern)
  if (match === null) return [pattern]
  const [, before = '', choices = '', after = ''] = match
  return choices.split(',').flatMap((choice) => expandBraces(before + choice + after))
}
