import type {
  CheckNode,
  Column,
  DagNode,
  DagNodeKind,
  Dataset,
  DatasetStorage,
  ExportNode,
  BatchCounts,
  FlowDag,
  FlowOutbox,
  FlowPlan,
  IngestNode,
  NativePiece,
  NativeStatement,
  TaskNode,
  TransformNode,
} from '@qarion/core'

import { expressionShape, typeShape } from './expression-shape.ts'
import { instructionShape } from './instruction-shape.ts'
import { queryShape } from './query-shape.ts'
import {
  arrayShape,
  countShape,
  flagShape,
  jsonObjectShape,
  objectShape,
  oneOf,
  optional,
  recordShape,
  textShape,
  variantShape,
  type Shape,
} from './shape.ts'

const namesShape = arrayShape(textShape)

const columnShape = objectShape<Column>({
  name: textShape,
  type: typeShape,
  required: flagShape,
  default: optional(expressionShape),
  description: optional(textShape),
})

const STORAGES: Readonly<Record<DatasetStorage['kind'], Shape<DatasetStorage>>> = {
  table: objectShape<Extract<DatasetStorage, { kind: 'table' }>>({ kind: oneOf('table') }),
  batches: objectShape<Extract<DatasetStorage, { kind: 'batches' }>>({ kind: oneOf('batches') }),
  view: objectShape<Extract<DatasetStorage, { kind: 'view' }>>({
    kind: oneOf('view'),
    queries: arrayShape(queryShape),
  }),
}

export const datasetShape: Shape<Dataset> = objectShape<Dataset>({
  id: textShape,
  table: textShape,
  storage: variantShape('kind', STORAGES),
  columns: arrayShape(columnShape),
  key: namesShape,
  sortKey: namesShape,
  isInternal: flagShape,
  description: optional(textShape),
})

const step = {
  id: textShape,
  title: textShape,
  dependsOn: namesShape,
  reads: namesShape,
  writes: namesShape,
}

const PIECES: Readonly<Record<NativePiece['kind'], Shape<NativePiece>>> = {
  text: objectShape<Extract<NativePiece, { kind: 'text' }>>({
    kind: oneOf('text'),
    text: textShape,
  }),
  dataset: objectShape<Extract<NativePiece, { kind: 'dataset' }>>({
    kind: oneOf('dataset'),
    dataset: textShape,
  }),
  parameter: objectShape<Extract<NativePiece, { kind: 'parameter' }>>({
    kind: oneOf('parameter'),
    name: textShape,
    type: typeShape,
  }),
}

const statementShape = objectShape<NativeStatement>({
  pieces: arrayShape(variantShape('kind', PIECES)),
})

const NODES: Readonly<Record<DagNodeKind, Shape<DagNode>>> = {
  ingest: objectShape<IngestNode>({
    kind: oneOf('ingest'),
    dataset: textShape,
    rejects: textShape,
    ...step,
  }),
  transform: objectShape<TransformNode>({
    kind: oneOf('transform'),
    instruction: instructionShape,
    rebuild: optional(instructionShape),
    ...step,
  }),
  export: objectShape<ExportNode>({
    kind: oneOf('export'),
    dataset: textShape,
    queries: arrayShape(queryShape),
    scope: oneOf('batch', 'dataset'),
    batch: optional(countShape),
    exporter: textShape,
    options: jsonObjectShape,
    path: textShape,
    partitionBy: namesShape,
    onExisting: oneOf('replace', 'fail'),
    ...step,
  }),
  check: objectShape<CheckNode>({
    kind: oneOf('check'),
    instruction: instructionShape,
    severity: oneOf('error', 'warning'),
    ...step,
  }),
  task: objectShape<TaskNode>({
    kind: oneOf('task'),
    task: textShape,
    options: jsonObjectShape,
    asks: namesShape,
    branches: optional(recordShape(namesShape)),
    triggers: optional(textShape),
    statement: optional(statementShape),
    ...step,
  }),
}

const dagShape: Shape<FlowDag> = objectShape<FlowDag>({
  flow: textShape,
  nodes: arrayShape(variantShape('kind', NODES)),
})

const planShape = objectShape<Omit<FlowPlan, 'revert'> & { revert?: FlowPlan['revert'] }>({
  datasets: arrayShape(datasetShape),
  dag: dagShape,
  revert: optional(arrayShape(instructionShape)),
  batchCounts: optional(
    objectShape<BatchCounts>({ names: namesShape, queries: arrayShape(queryShape) }),
  ),
  outbox: optional(objectShape<FlowOutbox>({ events: textShape, waiting: textShape })),
})

/** JSON has no undefined: an absent `revert` is one that the flow does not have. */
export const flowPlanShape: Shape<FlowPlan> = (value, path) => {
  const { datasets, dag, revert, batchCounts, outbox } = planShape(value, path)
  return {
    datasets,
    dag,
    revert,
    ...(batchCounts === undefined ? {} : { batchCounts }),
    ...(outbox === undefined ? {} : { outbox }),
  }
}
