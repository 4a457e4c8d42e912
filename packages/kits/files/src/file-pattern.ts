import {
  createParser,
  createZone,
  DataTypes,
  formatValue,
  isValueProblem,
  type ValueParser,
} from '@qarion/core'

import { fileError } from './files-errors.ts'

/** A compiled file pattern. */
export interface FilePattern {
  /** Whether files in folders below can match. */
  readonly isDeep: boolean
  /**
   * What the placeholders captured from a path (relative to the source folder, with `/`), or `undefined` where the
   * path does not match. A capture with a format is a timestamp in the text form of `formatValue`. Throws
   * QRN-FILE-011 where that is no time.
   */
  match(path: string): Readonly<Record<string, string>> | undefined
}

const TOKEN_DIGITS: Readonly<Record<string, string>> = {
  yyyy: '[0-9]{4}',
  MMM: '[A-Za-z]{3}',
  MM: '[0-9]{2}',
  M: '[0-9]{1,2}',
  dd: '[0-9]{2}',
  d: '[0-9]{1,2}',
  HH: '[0-9]{2}',
  H: '[0-9]{1,2}',
  mm: '[0-9]{2}',
  ss: '[0-9]{2}',
  SSS: '[0-9]{3}',
  SSSSSS: '[0-9]{6}',
  XXX: '(?:Z|[+-][0-9]{2}:[0-9]{2})',
  XX: '(?:Z|[+-][0-9]{4})',
}

/**
 * Compiles a pattern: `*` any characters but `/`, `?` one of them, a segment `**` any folders, `{name}` as few
 * characters as fit, `{name:format}` a time in a format of date and time columns. `*`, `?` and `{name}` do not match a
 * leading dot. Everything else stands for itself. Throws QRN-FILE-010.
 * @param timezone zone of captured times
 */
export function compileFilePattern(pattern: string, timezone = 'UTC'): FilePattern {
  const parsers = new Map<string, ValueParser | undefined>()
  const fail = (what: string): never => {
    throw fileError('QRN-FILE-010', 'configuration', `The file pattern "${pattern}" ${what}.`)
  }
  const zone = createZone(timezone)

  const placeholder = (text: string): string => {
    const [, name, format] = /^\{([A-Za-z_][A-Za-z0-9_]*)(?::([^{}]+))?\}$/.exec(text) ?? []
    if (name === undefined) return fail(`holds "${text}", which is no placeholder`)
    if (parsers.has(name)) return fail(`captures ${name} twice`)
    parsers.set(
      name,
      format === undefined ? undefined : createParser(DataTypes.timestamp, { format, zone }),
    )
    return format === undefined ? `(?<${name}>[^/]+?)` : `(?<${name}>${formatSource(format)})`
  }

  const segments = pattern.split('/').map((segment, index, all) => {
    if (segment === '**') return index === all.length - 1 ? '(?:(?!\\.)[^/]+/)*(?!\\.)[^/]+' : ''
    const source = segment.replaceAll(/\{[^{}]*\}|\*+|\?|[^*?{}]+|[{}]/g, (part) => {
      if (part.startsWith('*')) return '[^/]*'
      if (part === '?') return '[^/]'
      if (part === '{' || part === '}') return fail('has a brace without its partner')
      return part.startsWith('{') ? placeholder(part) : escapeSource(part)
    })
    return /^[*?{]/.test(segment) ? `(?!\\.)${source}` : source
  })
  const source = segments
    .map((segment, index) => {
      if (segment === '') return '(?:(?!\\.)[^/]+/)*'
      return index === segments.length - 1 ? segment : `${segment}/`
    })
    .join('')
  const form = new RegExp(`^${source}$`, 'su')

  return {
    isDeep: pattern.includes('/') || pattern === '**',
    match: (path) => {
      const match = form.exec(path)
      if (match === null) return undefined
      const captures: Record<string, string> = {}
      for (const [name, parse] of parsers) {
        const text = match.groups?.[name] as string
        const time = parse?.(text)
        if (isValueProblem(time))
          throw fileError(
            'QRN-FILE-011',
            'data',
            `The file ${path} has "${text}" for {${name}}: ${time.reason}.`,
            { place: { file: path } },
          )
        captures[name] = time === undefined ? text : formatValue(DataTypes.timestamp, time)
      }
      return captures
    },
  }
}

function formatSource(format: string): string {
  return format.replaceAll(/([A-Za-z])\1*|'[^']*'|[^A-Za-z']+/g, (part) => {
    if (part === "''") return "'"
    return TOKEN_DIGITS[part] ?? escapeSource(part.replaceAll("'", ''))
  })
}

function escapeSource(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
}
