// Control characters, marks that turn the direction of text, and lone surrogates: a value must not steer a terminal.
const UNPRINTABLE =
  // eslint-disable-next-line no-control-regex -- finding control characters is the purpose
  /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** One line of text that a terminal shows as it is: what would not be seen is written as an escape. */
export function printable(text: string): string {
  return text.replaceAll(
    UNPRINTABLE,
    (character) =>
      SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
