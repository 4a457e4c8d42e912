import { MAX_TASK_RESULT_BYTES } from '@qarion/core'

import { jsonProblem } from './json-problem.ts'
import type { Script, ScriptContext } from './script-context.ts'

/** What comes back of a script. Plain data: it goes from thread to thread. */
export type ScriptReply =
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'no_function'; readonly found: string }
  | { readonly kind: 'no_json'; readonly problem: string }
  | { readonly kind: 'failed'; readonly message: string; readonly stack: string }

/** Loads the module and calls its default export. */
export async function callScript({
  url,
  context,
}: {
  readonly url: string
  readonly context: ScriptContext
}): Promise<ScriptReply> {
  try {
    const { default: script } = (await import(url)) as { readonly default?: Script }
    if (typeof script !== 'function') return { kind: 'no_function', found: typeof script }
    const value = (await script(context)) ?? null
    const problem = jsonProblem(value)
    if (problem !== undefined) return { kind: 'no_json', problem }
    const text = JSON.stringify(value)
    const bytes = Buffer.byteLength(text)
    return bytes > MAX_TASK_RESULT_BYTES
      ? { kind: 'no_json', problem: `it has ${bytes} bytes, ${MAX_TASK_RESULT_BYTES} are the most` }
      : { kind: 'value', text }
  } catch (thrown) {
    const { message = thrown, stack = '' } = (thrown ?? {}) as {
      readonly message?: unknown
      readonly stack?: unknown
    }
    // Anything may be thrown: only texts go from thread to thread.
    return { kind: 'failed', message: String(message), stack: String(stack) }
  }
}
