import { sourceNameOf, type FileScan, type ScannedColumn } from '@qarion/core'
import type { Compression, LoaderOptions } from '@qarion/kit-files'

import type { JsonForm } from './json-options.ts'

/** `FileScan.settings` of this format: all that a reader needs to know. */
export interface JsonSettings extends JsonForm {
  /** As found, where `auto` was declared. */
  readonly layout: 'array' | 'lines'
  readonly compression: Compression
  readonly encoding: 'utf-8'
  readonly hasBom: boolean
  readonly nullValues: readonly string[]
  readonly timezone: string
  readonly ambiguousTime: 'earlier' | 'later' | 'reject'
}

export function toJsonSettings(
  form: JsonForm,
  found: Pick<JsonSettings, 'layout' | 'compression' | 'hasBom'>,
  load: LoaderOptions,
): JsonSettings {
  return {
    ...form,
    ...found,
    encoding: 'utf-8',
    nullValues: load.nullValues,
    timezone: load.timezone,
    ambiguousTime: load.ambiguousTime,
  }
}

/** The settings of a scan that this loader made. */
export function settingsOf(scan: FileScan): JsonSettings {
  return scan.settings as unknown as JsonSettings
}

/** The keys that a scan's columns read, each once. */
export function keysOf(columns: readonly Pick<ScannedColumn, 'column'>[]): string[] {
  return [...new Set(columns.map(({ column }) => sourceNameOf(column)))]
}
