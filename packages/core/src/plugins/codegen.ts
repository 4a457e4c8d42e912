import type { FlowPlan } from '../plan/flow-dag.ts'
import type { FlowDefinition } from '../run/flow-definition.ts'
import type { Plugin } from './plugin.ts'

export type CodegenPlugin = Plugin<'codegen', CodeGenerator>

/** Prints plans as code for another platform. */
export interface CodeGenerator {
  /** The files to write, in a stable order; the same plan gives the same bytes. */
  generate(flows: readonly GeneratedFlow[]): readonly GeneratedFile[]
}

export interface GeneratedFlow {
  readonly definition: FlowDefinition
  readonly plan: FlowPlan
}

export interface GeneratedFile {
  /** Relative to the output folder, with `/`. */
  readonly path: string
  readonly text: string
}
