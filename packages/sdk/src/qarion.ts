import type {
  Column,
  ColumnBatch,
  DagNodeKind,
  DataType,
  Dataset,
  ErrorDocument,
  FlowDefinition,
  Place,
  Plugin,
  PluginKind,
  QarionError,
  RunEvent,
  RunRecord,
  RunStatus,
} from '@qarion/core'
import type { DatasetLineage, PlanGraph } from '@qarion/plan'
import type { ExportReason, PublishFlowsResult } from '@qarion/runtime'

/** How an instance is made. Nothing is read or opened before a method needs it. */
export interface QarionOptions {
  /** Folder of `qarion.toml`, or a folder below it. */
  readonly projectDirectory: string
  /** Name under `[environments]`; the base settings if absent. */
  readonly environment?: string
  /** Values for `${env:NAME}`. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Plugins handed in; with `discover: false` the only ones. */
  readonly plugins?: readonly Plugin<PluginKind, unknown>[]
  readonly discover?: boolean
  readonly signal?: AbortSignal
  /** Hears all events of all runs of this instance. */
  readonly onEvent?: (event: RunEvent) => void
  /** The clock by which events are due; that of the machine if absent. */
  readonly nowMs?: () => number
}

/**
 * One project in one environment. Never prints, exits, changes directory or installs signal handlers; several
 * instances may live in a process. Every method rejects with QarionError.
 */
export interface Qarion {
  /** Checks project, flows and plans without touching data; rejects with all problems at once. */
  validate(): Promise<ValidationResult>
  plan(request?: PlanRequest): Promise<ProjectPlan>
  run(request?: RunRequest): Promise<RunResult>
  /** Rows of a dataset, streamed. */
  show(request: ShowRequest): Promise<ShowResult>
  /** Rows of a flow's change feed between two batches, with values before and after. */
  diff(request: DiffRequest): Promise<DiffResult>
  /** Where a dataset or column comes from, or what is made of it; looks at no data. */
  lineage(request: LineageRequest): Promise<LineageResult>
  /** Runs the tests under `tests/` in places of their own. */
  test(request?: TestRequest): Promise<TestResult>
  /** Sends the events of outboxes that are due. */
  publish(request?: PublishRequest): Promise<PublishResult>
  runs(filter?: { readonly flow?: string; readonly limit?: number }): Promise<readonly RunRecord[]>
  getRun(id: string): Promise<RunRecord | undefined>
  status(flows?: readonly string[], exclude?: readonly string[]): Promise<readonly FlowStatus[]>
  /** Takes the newest batch of a flow back. */
  revert(flow: string): Promise<{ readonly batch: number }>
  plugins(): Promise<readonly PluginStatus[]>
  doctor(): Promise<readonly DoctorCheck[]>
  close(): Promise<void>
}

export interface ValidationResult {
  readonly project: string
  readonly environment: string
  readonly engine: string
  readonly flows: readonly FlowDefinition[]
  readonly datasets: readonly Dataset[]
  readonly warnings: readonly ErrorDocument[]
}

/** Which flows: the words that `qarion run` takes. */
export interface FlowSelection {
  /** `orders`, `ord*`, `tag:daily`, `orders+`, `+orders`, `2+orders`, `tag:daily,orders+` (both); all if empty. */
  readonly flows?: readonly string[]
  /** What is left out of them, in the same words. */
  readonly exclude?: readonly string[]
}

export interface PublishRequest extends FlowSelection {
  /** At most so many events of each flow are sent. */
  readonly limit?: number
  /** Events that were given up are sent again. */
  readonly retryDead?: boolean
  /** Wait this long for another runner. */
  readonly waitMs?: number
  /** What was typed, for the message that a second runner gets. */
  readonly command?: string
  readonly signal?: AbortSignal
}

/** What came of it, flow by flow. A flow that fails does not reject; its error is with it. */
export type PublishResult = PublishFlowsResult

/** Values for variables of the selected flows, in the text form of their types, as `--var name=value` gives them. */
export interface GivenVariables {
  readonly variables?: Readonly<Record<string, string>>
}

export interface PlanRequest extends FlowSelection, GivenVariables {
  /** Adds the engine's statements. */
  readonly includeStatements?: boolean
}

/** What a run would do now. Making it writes nothing. */
export interface ProjectPlan {
  readonly flows: readonly PlannedFlow[]
  /** Steps and datasets of these flows, and how they hang together. */
  readonly graph: PlanGraph
  /** The graph as a Mermaid flowchart. */
  readonly mermaid: string
}

export interface PlannedFlow {
  readonly flow: string
  readonly flowType: string
  /** Values of its variables, in text form. */
  readonly variables?: Readonly<Record<string, string>>
  readonly steps: readonly {
    readonly id: string
    readonly kind: DagNodeKind
    readonly title: string
    readonly dependsOn: readonly string[]
    readonly writes: readonly string[]
  }[]
  readonly datasets: readonly Dataset[]
  readonly batches: readonly PlannedBatch[]
  /** What changed in the definition since the newest batch, and what that asks for. */
  readonly definitionChanges: readonly {
    readonly key: string
    readonly effect: 'passes' | 'next_batch' | 'rebuild'
  }[]
  /** Why a run would refuse, if it would. */
  readonly refusal?: ErrorDocument
  readonly statements?: readonly string[]
  /** The plan as lines of a text tree. */
  readonly tree: readonly string[]
}

export interface PlannedBatch {
  readonly batch: number
  /** `resume`: begun by an earlier run. `reload`: its input changed. `export`: `files` are written. `tasks`: they are done anew. */
  readonly action: 'load' | 'resume' | 'reload' | 'export' | 'tasks'
  readonly files: readonly string[]
  readonly sizeBytes: number
  readonly batchTime?: string
  /** Why a batch is exported. */
  readonly reason?: ExportReason
}

export interface RunRequest extends FlowSelection, GivenVariables {
  /** First and last batch, for `--batch 3` or `--batch 2..5`. */
  readonly batches?: { readonly from: number; readonly to: number }
  /** Only this file, relative to the project or absolute. */
  readonly file?: string
  /** ISO 8601. */
  readonly batchTime?: string
  readonly fullRefresh?: boolean
  readonly cascade?: boolean
  readonly accept?: readonly { readonly guard: string; readonly reason: string }[]
  readonly waitMs?: number
  readonly jobs?: number
  /** What was typed, for history. */
  readonly command?: string
  readonly signal?: AbortSignal
}

export interface RunResult {
  readonly run: RunRecord
  readonly status: RunStatus
  /** Errors by flow, whole, for printing. */
  readonly errors: readonly { readonly flow: string; readonly error: QarionError }[]
  /** False: the engine keeps its data in the process, and what was run is gone when that ends. */
  readonly isPersistent: boolean
  /** Flows that were not asked for and run first, since the engine keeps nothing and others read them. */
  readonly loadedFirst: readonly string[]
}

export interface ShowRequest {
  /** `orders.change_feed`, or `orders` for its main dataset. */
  readonly dataset: string
  readonly batch?: number
  /** Condition in the expression language. */
  readonly where?: string
  readonly columns?: readonly string[]
  readonly limit?: number
}

export interface ShowResult {
  readonly dataset: string
  readonly columns: readonly Column[]
  /** All rows that the request matches, without `limit`. */
  readonly totalRows: number
  readonly batches: AsyncIterable<ColumnBatch>
  /** The run that loaded what is shown, where the engine keeps nothing and this instance had not run the flow yet. */
  readonly loaded?: RunResult
}

export interface DiffRequest {
  readonly flow: string
  readonly batches?: { readonly from: number; readonly to: number }
  /** Samples per record type. */
  readonly limit?: number
}

export interface DiffResult {
  readonly flow: string
  readonly batches: readonly DiffBatch[]
  /** As in `ShowResult`. */
  readonly loaded?: RunResult
}

/** One batch in numbers, with some rows of each kind as text in the form of `show --format csv`; NULL is `null`. */
export interface DiffBatch {
  readonly batch: number
  readonly batchTime: string
  readonly files: readonly string[]
  readonly counts: Readonly<Record<string, number>>
  readonly samples: readonly DiffSample[]
}

export interface DiffSample {
  readonly recordType: 'new' | 'changed' | 'deleted' | 'reinserted'
  readonly key: Readonly<Record<string, string | null>>
  /** For `changed`: the columns that differ, old and new. For the others: all columns, in `after` or `before`. */
  readonly changes: readonly {
    readonly column: string
    readonly before: string | null
    readonly after: string | null
  }[]
}

export interface LineageRequest {
  /** `orders.change_feed`, `orders.change_feed.amount`, or `orders` for its main dataset or what it exports. */
  readonly dataset: string
  /** `upstream` (default): where it comes from. `downstream`: what is made of it. */
  readonly direction?: 'upstream' | 'downstream'
}

export interface LineageResult {
  readonly dataset: string
  readonly column?: string
  readonly direction: 'upstream' | 'downstream'
  /** The dataset itself and all that were reached, nearest first, each with the columns that were. */
  readonly datasets: readonly TracedDataset[]
  /** Where the deliveries of the flows among them come from. */
  readonly inputs: readonly { readonly flow: string; readonly name: string }[]
  /** As a Mermaid flowchart. */
  readonly mermaid: string
}

/** A dataset, or the files that a flow exports (`<flow>.<step>`). */
export interface TracedDataset extends DatasetLineage {
  readonly flow: string
  /** Of files: their path, relative to the project. */
  readonly path?: string
  /** Of datasets, by column. */
  readonly types: Readonly<Record<string, DataType>>
}

export interface TestRequest {
  /** `orders`, `ord*`; all if empty. */
  readonly names?: readonly string[]
  /** Writes the rows that a run gives into the tests, where those expected are others or none. */
  readonly write?: boolean
}

export interface TestResult {
  /** The engine that the tests ran on. */
  readonly engine: string
  /** The engine of the project, where tests cannot run on it without touching data. */
  readonly insteadOf?: string
  readonly tests: readonly TestOutcome[]
}

export interface TestOutcome {
  readonly name: string
  /** Relative to the project. */
  readonly file: string
  readonly status: 'passed' | 'failed' | 'written'
  /** It expects nothing. */
  readonly isBlank: boolean
  readonly durationMs: number
  readonly deliveryCount: number
  /** Those that ran: none after one that failed. */
  readonly deliveries: readonly TestDeliveryOutcome[]
  /** Files that are others now. */
  readonly written: readonly string[]
}

export interface TestDeliveryOutcome {
  /** From 1. */
  readonly delivery: number
  readonly flow: string
  readonly place: Place
  readonly expectations: readonly TestExpectationOutcome[]
  /** Why its run failed, or that it did not fail as it was to. */
  readonly error?: ErrorDocument
}

/** Rows as text in the form of `show --format csv`, in the order of `columns`; NULL is `null`. */
export interface TestExpectationOutcome {
  readonly dataset: string
  readonly batch?: number
  readonly place: Place
  /** `unknown`: no rows are expected yet. */
  readonly status: 'passed' | 'failed' | 'unknown' | 'written'
  readonly columns: readonly string[]
  /** Columns by which rows that changed are known again; empty where there are none. */
  readonly key: readonly string[]
  readonly rowCount: number
  readonly missing: readonly (readonly (string | null)[])[]
  readonly extra: readonly (readonly (string | null)[])[]
  readonly changed: readonly {
    readonly expected: readonly (string | null)[]
    readonly actual: readonly (string | null)[]
  }[]
}

export interface FlowStatus {
  readonly flow: string
  readonly flowType: string
  readonly newestBatch?: {
    readonly batch: number
    readonly batchTime: string
    readonly counts: Readonly<Record<string, number>>
  }
  /** Files that wait to be loaded, or to be written. */
  readonly waiting: readonly {
    readonly batch: number
    readonly files: readonly string[]
    readonly sizeBytes: number
    readonly action: PlannedBatch['action']
  }[]
  readonly rejectedRows: number
  readonly lastRun?: {
    readonly id: string
    readonly status: RunStatus | 'running'
    readonly startedAtMs: number
    readonly error?: ErrorDocument
  }
  /** Why nothing can be said or done, for instance a refusal. */
  readonly problem?: ErrorDocument
  /** The command to type next, if there is one. */
  readonly nextCommand?: string
}

export interface PluginStatus {
  readonly kind: PluginKind
  readonly id: string
  readonly title: string
  readonly package: string
  readonly version: string
  readonly contract: number
  readonly status: string
  readonly reason?: string
}

export interface DoctorCheck {
  readonly check: string
  readonly status: 'ok' | 'warning' | 'failed'
  readonly message: string
  readonly hint?: string
}
