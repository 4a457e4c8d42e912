import type { Dataset, DatasetId } from '../data/dataset.ts'
import type { Instruction } from './instruction.ts'
import type { NativeStatement } from './native-statement.ts'
import type { Query } from './query.ts'

/** The steps of one flow for one batch. Plain frozen data; `dependsOn` names nodes of the same DAG. */
export interface FlowDag {
  readonly flow: string
  readonly nodes: readonly DagNode[]
}

export type DagNode = IngestNode | TransformNode | ExportNode | CheckNode | TaskNode

export type DagNodeKind = DagNode['kind']

interface DagNodeBase {
  /** Unique in the flow, stable over time: it is the step's name in `xt_steps`. */
  readonly id: string
  readonly title: string
  readonly dependsOn: readonly string[]
  readonly reads: readonly DatasetId[]
  readonly writes: readonly DatasetId[]
}

/** Loads the delivery of the batch into `dataset` (stored by batch); bad rows go to `rejects`. */
export interface IngestNode extends DagNodeBase {
  readonly kind: 'ingest'
  readonly dataset: DatasetId
  readonly rejects: DatasetId
}

/** Runs an instruction inside the engine. */
export interface TransformNode extends DagNodeBase {
  readonly kind: 'transform'
  readonly instruction: Instruction
  /**
   * For datasets that are append-only: where batches are applied anew it runs once, after the last of them, in the place
   * of `instruction` for each, and posts what differs. A flow with such a step cannot take a batch back.
   */
  readonly rebuild?: Instruction
}

/** Writes the rows of the last of `queries` to files through an exporter. */
export interface ExportNode extends DagNodeBase {
  readonly kind: 'export'
  /** The dataset whose committed batches are followed. */
  readonly dataset: DatasetId
  /** They may name the parameter `batch_id`. */
  readonly queries: readonly Query[]
  /** `batch`: each batch of the dataset by itself. `dataset`: all that it holds now. */
  readonly scope: 'batch' | 'dataset'
  /** The only batch, where the scope is `batch`. */
  readonly batch?: number
  readonly exporter: string
  readonly options: Readonly<Record<string, unknown>>
  /** Path of the file, relative to the project, with `{batch_id}` and `{batch_time}` where they belong. */
  readonly path: string
  /** Columns whose values become folders: `<folder of path>/<column>=<value>/<name>`. */
  readonly partitionBy: readonly string[]
  /** What happens to a file under the name that this flow did not write. */
  readonly onExisting: 'replace' | 'fail'
}

/** Runs an instruction whose asserts decide; what it writes are results. */
export interface CheckNode extends DagNodeBase {
  readonly kind: 'check'
  readonly instruction: Instruction
  readonly severity: 'error' | 'warning'
}

/** Hands over to a task plugin. */
export interface TaskNode extends DagNodeBase {
  readonly kind: 'task'
  readonly task: string
  readonly options: Readonly<Record<string, unknown>>
  /** Steps that it waits for whatever comes of them: their failure is its business. */
  readonly asks: readonly string[]
  /** Steps by the name of the branch in which they run; the others of them are skipped. */
  readonly branches?: Readonly<Record<string, readonly string[]>>
  /** The flow that it runs. */
  readonly triggers?: string
  /** A SELECT in the SQL of the engine: its rows are what the step writes. */
  readonly statement?: NativeStatement
}

/** What a flow plugin makes of a definition. */
export interface FlowPlan {
  readonly datasets: readonly Dataset[]
  readonly dag: FlowDag
  /**
   * Takes the newest batch back: revert(apply(S, n)) = S. Tables of the batch itself (storage `batches`) are dropped
   * by the runtime. `undefined` where nothing of the flow can be taken back; of a flow with a step that posts differences
   * it takes back what is not append-only.
   */
  readonly revert: readonly Instruction[] | undefined
  /** What is told of a batch; absent: nothing but its rejects. */
  readonly batchCounts?: BatchCounts
  /** Present where the flow makes events that are to be published. */
  readonly outbox?: FlowOutbox
}

/** Where events lie until they are published. */
export interface FlowOutbox {
  /** The events, with the columns of an outbox: docs/semantics.md. */
  readonly events: DatasetId
  /** `event_key`, `sequence`, `xt_batch_id` and `xt_revision` of the events that are not published. */
  readonly waiting: DatasetId
}

/** Numbers that say what a batch did. */
export interface BatchCounts {
  /** All that are counted, in the order in which they are told; those without a row are 0. */
  readonly names: readonly string[]
  /** They may name the parameter `batch_id`; the last gives rows of a name (string) and a number of rows (integer). */
  readonly queries: readonly Query[]
}
