import type {
  ChangeEffect,
  Dataset,
  Exporter,
  FlowDefinition,
  FlowPlan,
  Loader,
  Publisher,
} from '@qarion/core'

/** A flow with everything that running it takes. */
export interface RunnableFlow {
  readonly definition: FlowDefinition
  readonly plan: FlowPlan
  readonly changeEffects: Readonly<Record<string, ChangeEffect>>
  /** Absent for flows that load no files. */
  readonly loader: Loader | undefined
  /** Flows whose datasets it reads. */
  readonly sources?: readonly RunnableFlow[]
  /** Present for flows that export. */
  readonly export?: ExportSurroundings
  /** Present for flows whose events are published. */
  readonly publish?: PublishSurroundings
  /** The definition as canonical JSON: what a later run compares with. */
  readonly document: string
}

/** The datasets that the flow's queries may name: its own, and those of the flows that it reads. */
export function readableDatasets({ plan, sources = [] }: RunnableFlow): readonly Dataset[] {
  return [...plan.datasets, ...sources.flatMap((source) => source.plan.datasets)]
}

/** The flow whose batches are its input, where it is not files. */
export function inputSourceOf({
  definition,
  sources = [],
}: RunnableFlow): RunnableFlow | undefined {
  const { sourceDatasetId } = definition.input
  return sources.find(({ plan }) => plan.datasets.some(({ id }) => id === sourceDatasetId))
}

/** What writes the files of a flow, and where they may lie. */
export interface ExportSurroundings {
  readonly exporter: Exporter
  /** Absolute. */
  readonly projectDirectory: string
  readonly allowedPaths: readonly string[]
}

/** What delivers the events of a flow. */
export interface PublishSurroundings {
  /** Made when events are published, and not before: a run needs no receiver. */
  open(): Promise<Publisher>
}
