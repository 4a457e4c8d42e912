/** Runs plans against an engine: deliveries become batches, steps commit with the record that they are done. */
export { formatBatchTime, parseBatchTime } from './deliveries/batch-time.ts'
export type {
  Delivery,
  DeliveryPlan,
  PlannedDelivery,
  RebuildPlan,
} from './deliveries/delivery-plan.ts'
export {
  PLAIN_OPTIONS,
  planDeliveries,
  type DeliveryOptions,
  type PlanDeliveriesRequest,
} from './deliveries/plan-deliveries.ts'
export {
  findExport,
  planExports,
  type ExportPlan,
  type ExportReason,
  type PlannedExport,
} from './exports/plan-exports.ts'
export { refusalOf } from './exports/refusal.ts'
export {
  isPublishable,
  requirePublishable,
  type PublishableFlow,
} from './publish/publishable-flow.ts'
export {
  publishFlows,
  type PublishedFlow,
  type PublishFlowsRequest,
  type PublishFlowsResult,
} from './publish/publish-flows.ts'
export { countBatch } from './read/count-batch.ts'
export { diffBatches, type BatchDiff, type DiffSample } from './read/diff-batches.ts'
export { showDataset, type DatasetRows, type ShowDatasetRequest } from './read/show-dataset.ts'
export { explainTransforms } from './read/statements.ts'
export { definitionChanges, type DefinitionChange } from './run/definition-changes.ts'
export { revertNewest } from './run/revert.ts'
export { withWriter } from './run/with-writer.ts'
export type { EventBody, RunContext } from './run/run-context.ts'
export { planFlowDeliveries, runFlow } from './run/run-flow.ts'
export {
  combineStatus,
  runFlows,
  statusOfError,
  triggeredFlows,
  type FlowRunError,
  type RunFlowsRequest,
  type RunFlowsResult,
} from './run/run-flows.ts'
export type {
  ExportSurroundings,
  PublishSurroundings,
  RunnableFlow,
  TaskMachinery,
} from './runnable-flow.ts'
export { RUNTIME_ERRORS, runtimeError } from './runtime-errors.ts'
export { catalogOf, viewOfRecord, type BatchView } from './state/flow-catalog.ts'
export { readExports, type ExportRecord } from './state/export-records.ts'
export { readState } from './state/read-state.ts'
export { STATE_DATASETS } from './state/state-datasets.ts'
export {
  stateOfFlow,
  type BatchRecord,
  type InputRecord,
  type State,
  type StepRecord,
} from './state/state-records.ts'
export { planTables } from './steps/batch-operations.ts'
export { planTaskBatch, type TaskBatch } from './tasks/plan-task-batch.ts'
export { taskCatalog } from './tasks/task-catalog.ts'
