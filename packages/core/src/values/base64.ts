const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const CODES = new Int16Array(128).fill(-1)
for (let index = 0; index < 64; index += 1) CODES[ALPHABET.charCodeAt(index)] = index

/** Bytes as base64 of RFC 4648 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  const parts: string[] = []
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at
    const bits = ((bytes[at] as number) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    parts.push(
      ALPHABET.charAt(bits >> 18) +
        ALPHABET.charAt((bits >> 12) & 63) +
        (left > 1 ? ALPHABET.charAt((bits >> 6) & 63) : '=') +
        (left > 2 ? ALPHABET.charAt(bits & 63) : '='),
    )
  }
  return parts.join('')
}

/** The bytes, or `undefined` where the text is not base64 with padding. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const bytes = new Uint8Array((text.length / 4) * 3 - padding)
  let bits = 0
  let held = 0
  let filled = 0
  for (let at = 0; at < text.length - padding; at += 1) {
    const code = CODES[text.charCodeAt(at)] ?? -1
    if (code < 0) return undefined
    bits = ((bits << 6) | code) & 0xff_ff
    held += 6
    if (held >= 8) {
      held -= 8
      bytes[filled] = (bits >> held) & 0xff
      filled += 1
    }
  }
  return bytes
}
