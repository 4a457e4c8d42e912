import type { DatasetId } from '../data/dataset.ts'
import type { InputColumn } from '../plugins/loader.ts'
import type { FlowVariable } from './flow-variables.ts'

/** One flow as declared, checked, references resolved. The same keys serve in TOML and in `defineFlow`. */
export interface FlowDefinition {
  readonly id: string
  readonly name: string
  readonly flowType: string
  readonly namespace: string
  readonly description?: string
  /** Words by which selectors find flows: `tag:daily`. They change nothing that is stored. */
  readonly tags?: readonly string[]
  /** `[variables]` with the values of this run. */
  readonly variables?: Readonly<Record<string, FlowVariable>>
  readonly input: FlowInput
  /** `[properties]` without `load`, `export` and `publish`, checked against the flow type's options, defaults filled in. */
  readonly properties: Readonly<Record<string, unknown>>
  readonly load?: LoadDefinition
  readonly export?: ExportDefinition
  readonly publish?: PublishDefinition
  /** `[[tasks]]` of flow types that take them. */
  readonly tasks?: readonly TaskDefinition[]
  /** File that declares the flow, relative to the project. */
  readonly file?: string
}

export interface FlowInput {
  /** Dataset of another flow, whose batches are what is delivered; columns and key are taken over from there. */
  readonly sourceDatasetId?: DatasetId
  readonly primaryKey: readonly string[]
  readonly columns: readonly InputColumn[]
}

/** `[properties.load]`: where deliveries come from and what makes a batch of them. */
export interface LoadDefinition {
  readonly format: string
  /** Absent where the format reads no files. */
  readonly sourcePath?: string
  readonly filePattern?: string
  readonly batchBy: string
  readonly fileOrder: 'natural' | 'name' | 'batch_time'
  readonly onChangedFile: 'new_batch' | 'fail' | 'reload'
  readonly readyFile?: string
  readonly minAgeMs: number
  readonly timezone: string
  readonly ambiguousTime: 'earlier' | 'later' | 'reject'
  readonly batchTimeColumn?: string
  readonly maxRejects: number
  readonly onUnreadableKey: 'fail' | 'suspend_deletions'
  readonly onExtraColumn: 'fail' | 'ignore'
  readonly emptyString: 'null' | 'quoted'
  readonly nullValues: readonly string[]
  readonly retention: { readonly landingBatches: number }
  /** True: a delivery holds some of the rows by the way it is read. */
  readonly isPartial?: boolean
  /** Options of the format: delimiter, quote, header, encoding and the like. */
  readonly options: Readonly<Record<string, unknown>>
}

/** `[properties.export]`: which rows of which dataset become which files. */
export interface ExportDefinition {
  readonly sourceDatasetId: string
  /** Relative to the project (absolute where it lies outside), with placeholders. */
  readonly filePath: string
  readonly exportMode: 'full' | 'batch' | 'incremental' | 'changes_only'
  readonly format: string
  readonly batchId?: number
  readonly partitionBy: readonly string[]
  readonly onExisting: 'replace' | 'fail'
  /** Options of the format: delimiter, compression and the like. */
  readonly options: Readonly<Record<string, unknown>>
}

/** `[properties.publish]`: who gets the events of the flow, and what happens with those that are not taken. */
export interface PublishDefinition {
  readonly publisher: string
  readonly retry: PublishRetry
  /** `block_key`: a dead event holds back those of its key that come after it. `continue`: they are sent. */
  readonly onDead: 'block_key' | 'continue'
  /** Options of the publisher: url, secret and the like. */
  readonly options: Readonly<Record<string, unknown>>
}

/** An event that was not taken waits a random time, at most `initialDelayMs` doubled with each attempt. */
export interface PublishRetry {
  readonly maxAttempts: number
  readonly initialDelayMs: number
  readonly maxDelayMs: number
}

/** One of `[[tasks]]`. */
export interface TaskDefinition {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly description?: string
  readonly dependencies: readonly string[]
  readonly sourceDatasetId?: DatasetId
  readonly targetDatasetId?: DatasetId
  readonly retries: number
  readonly retryWaitMs: number
  /** `[tasks.properties]` and `[tasks.config]`, checked against the options of the type, defaults filled in. */
  readonly properties: Readonly<Record<string, unknown>>
  /** Options of the format, where the task names one. */
  readonly formatOptions: Readonly<Record<string, unknown>>
}
