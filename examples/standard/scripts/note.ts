import type { ScriptContext } from '@qarion/tasks'

/** What somebody should know before the report goes out. */
export default function note({ results, variables }: ScriptContext): { readonly note: string } {
  const file = results['file']?.value as { readonly path: string; readonly rows: number }
  return {
    note: `${file.path} has ${file.rows} regions, one with an order above ${String(variables['large'])}`,
  }
}
