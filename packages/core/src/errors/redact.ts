const MASK = '***'

/** Words before `=` or `:` whose value is masked, as they appear in connection strings and driver messages. */
const SECRET_KEY =
  /\b(password|passwd|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|authorization)(["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,;&)]+)/gi

// C0 and C1 control characters but tab and newline: a driver's message must not steer a terminal.
// eslint-disable-next-line no-control-regex -- removing control characters is the purpose
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/**
 * Masks passwords in URLs and after words such as `password=`, and removes control characters. One forward scan finds
 * the URLs (a regular expression over `://…@` backtracks); the last `@` of the authority counts, since passwords hold `@`.
 */
export function redact(text: string): string {
  return redactUrls(text.replace(CONTROL, '')).replace(SECRET_KEY, `$1$2${MASK}`)
}

function redactUrls(text: string): string {
  let result = ''
  let from = 0
  for (;;) {
    const scheme = text.indexOf('://', from)
    if (scheme < 0) return result + text.slice(from)
    const start = scheme + 3
    const end = authorityEnd(text, start)
    const at = text.lastIndexOf('@', end - 1)
    const colon = at >= start ? text.indexOf(':', start) : -1
    if (colon >= start && colon < at) {
      result += `${text.slice(from, colon + 1)}${MASK}`
      from = at
    } else {
      result += text.slice(from, start)
      from = start
    }
  }
}

function authorityEnd(text: string, start: number): number {
  let end = start
  while (end < text.length && !' \t\n"\'`<>'.includes(text.charAt(end))) {
    if ((text[end] === '/' || text[end] === '?' || text[end] === '#') && text.indexOf('@', end) < 0)
      break
    end += 1
  }
  return end
}
