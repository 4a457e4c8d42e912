// What packages without I/O may know of their host: the part of AbortSignal that they pass on.
// Node's ambient types would hand them the file system and the process as well.
interface AbortSignal {
  readonly aborted: boolean
  readonly reason: unknown
  throwIfAborted(): void
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}
