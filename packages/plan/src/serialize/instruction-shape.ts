import type {
  AppendWrite,
  DeleteWrite,
  Instruction,
  MergeBranch,
  MergeWrite,
  OverwriteWrite,
  ReplaceKeysWrite,
  ReplaceWrite,
  Write,
  WriteKind,
} from '@qarion/core'

import { expressionShape } from './expression-shape.ts'
import { namedShape, queryShape } from './query-shape.ts'
import {
  arrayShape,
  objectShape,
  oneOf,
  optional,
  textShape,
  variantShape,
  type Shape,
} from './shape.ts'

type Action = MergeBranch['action']

const namesShape = arrayShape(textShape)

const ACTIONS: Readonly<Record<Action['kind'], Shape<Action>>> = {
  update: objectShape<Extract<Action, { kind: 'update' }>>({
    kind: oneOf('update'),
    set: arrayShape(namedShape),
  }),
  insert: objectShape<Extract<Action, { kind: 'insert' }>>({
    kind: oneOf('insert'),
    set: arrayShape(namedShape),
  }),
  delete: objectShape<Extract<Action, { kind: 'delete' }>>({ kind: oneOf('delete') }),
  nothing: objectShape<Extract<Action, { kind: 'nothing' }>>({ kind: oneOf('nothing') }),
}

const branchShape = objectShape<MergeBranch>({
  when: oneOf('matched', 'not_matched', 'not_matched_by_source'),
  condition: optional(expressionShape),
  action: variantShape('kind', ACTIONS),
})

const target = { query: textShape, dataset: textShape }

const WRITES: Readonly<Record<WriteKind, Shape<Write>>> = {
  append: objectShape<AppendWrite>({ kind: oneOf('append'), ...target }),
  replace: objectShape<ReplaceWrite>({ kind: oneOf('replace'), ...target }),
  replace_keys: objectShape<ReplaceKeysWrite>({
    kind: oneOf('replace_keys'),
    scope: namesShape,
    ...target,
  }),
  merge: objectShape<MergeWrite>({
    kind: oneOf('merge'),
    on: namesShape,
    branches: arrayShape(branchShape),
    ...target,
  }),
  delete: objectShape<DeleteWrite>({ kind: oneOf('delete'), on: namesShape, ...target }),
  overwrite: objectShape<OverwriteWrite>({ kind: oneOf('overwrite'), ...target }),
}

export const instructionShape: Shape<Instruction> = objectShape<Instruction>({
  id: textShape,
  queries: arrayShape(queryShape),
  writes: arrayShape(variantShape('kind', WRITES)),
})
