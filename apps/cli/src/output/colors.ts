/** Whether somebody may be looking; streams that are no terminal do not know `isTTY`. */
export function isTerminal(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true
}

/** Whether text for this stream may be coloured: on a terminal, unless NO_COLOR or FORCE_COLOR says otherwise. */
export function hasColors(stream: { readonly isTTY?: boolean }): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0'
  return isTerminal(stream) && TERM !== 'dumb'
}
