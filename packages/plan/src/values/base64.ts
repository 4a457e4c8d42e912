const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const FORM = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** Bytes of padded base64; `undefined` if the text is none, or its unused bits are not zero. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (!FORM.test(text)) return undefined
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const bytes = new Uint8Array((text.length / 4) * 3 - padding)
  for (let at = 0, out = 0; at < text.length; at += 4, out += 3) {
    const [a = 0, b = 0, c = 0, d = 0] = [0, 1, 2, 3].map((index) =>
      Math.max(0, ALPHABET.indexOf(text.charAt(at + index))),
    )
    bytes.set(
      [(a << 2) | (b >> 4), ((b & 15) << 4) | (c >> 2), ((c & 3) << 6) | d].slice(
        0,
        bytes.length - out,
      ),
      out,
    )
  }
  return encodeBase64(bytes) === text ? bytes : undefined
}

export function encodeBase64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3)
    const group = [a >> 2, ((a & 3) << 4) | (b >> 4), ((b & 15) << 2) | (c >> 6), c & 63]
    const known = Math.min(3, bytes.length - at) + 1
    text += group.map((digit, index) => (index < known ? ALPHABET.charAt(digit) : '=')).join('')
  }
  return text
}
