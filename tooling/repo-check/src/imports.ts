export interface Import {
  readonly specifier: string
  readonly line: number
}

const patterns = [
  // At the start of a line and without quotes or backticks before `from`: generated code inside
  // template literals and prose in comments do not look like this.
  /^(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  /^import\s*['"]([^'"]+)['"]/gm,
  // No quote before it on its line either: that is an import inside a text.
  /^(?!\s*(?:\*|\/\/))[^'"`\n]*?\bimport\(\s*['"]([^'"]+)['"]/gm,
]

export function importsOf(source: string): Import[] {
  return patterns.flatMap((pattern) =>
    Array.from(source.matchAll(pattern), (match) => ({
      specifier: match[1] as string,
      line: source.slice(0, match.index + match[0].length).split('\n').length,
    })),
  )
}

/** `@scope/name/deep` → `@scope/name`. */
export function packageNameOf(specifier: string): string {
  const parts = specifier.split('/')
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
}
