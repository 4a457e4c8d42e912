/**
 * The plan of Qarion as data: builders, the closed table of functions, checks, the expression language, serialisation,
 * explain and lineage. Pure; no Node API.
 */
export * from './builders/expressions.ts'
export * from './builders/instructions.ts'
export * from './builders/rule-parts.ts'
export * from './builders/rules.ts'
export * from './check/check-expression.ts'
export type { CheckScope } from './check/check-scope.ts'
export * from './check/infer-columns.ts'
export { inferSteps } from './check/infer-steps.ts'
export { columnsOfDataset, type PlanColumn } from './check/plan-column.ts'
export * from './freeze.ts'
export { CAST_RULES, canCast, type CastRule } from './functions/casts.ts'
export type {
  FunctionExample,
  FunctionParameter,
  FunctionSignature,
  NullRule,
} from './functions/signature.ts'
export * from './functions/signatures.ts'
export { TRUNCATION_UNITS, type TruncationUnit } from './functions/time-functions.ts'
export { PLAN_ERRORS, type ErrorEntry, type PlanErrorCode } from './plan-errors.ts'
export * from './suggest.ts'
export { commonType, isComparable } from './types/common-type.ts'
export { canonicalText } from './canonical-text.ts'
export * from './builders/nodes.ts'
export { checkDag, orderNodes } from './check/check-dag.ts'
export { checkDataset } from './check/check-dataset.ts'
export { checkFlowPlan } from './check/check-flow-plan.ts'
export { checkInstruction } from './check/check-instruction.ts'
export { bindParameters } from './visit/bind-parameters.ts'
export * from './visit/expressions.ts'
export * from './visit/references.ts'
export * from './visit/rules.ts'
export { EXPRESSION_ERRORS, type ExpressionErrorCode } from './parse/expression-errors.ts'
export * from './parse/parse-expression.ts'
export * from './parse/print-expression.ts'
export { MAX_SYNTAX_DEPTH } from './parse/parse-syntax.ts'
export * from './export/path-template.ts'
export { createPatternMatcher } from './pattern/match-pattern.ts'
export { parsePattern } from './pattern/parse-pattern.ts'
export type { Pattern } from './pattern/pattern.ts'
export { printPattern, type PrintCharacter } from './pattern/print-pattern.ts'
export { MAX_EXPRESSION_LENGTH } from './parse/tokens.ts'
export * from './serialize/serialize.ts'
export * from './explain/explain-flow-plan.ts'
export { explainRule } from './explain/explain-rule.ts'
export { explainWrite } from './explain/explain-write.ts'
export { lineageAsMermaid } from './explain/lineage-mermaid.ts'
export * from './explain/mermaid.ts'
export * from './explain/plan-graph.ts'
export { DEPENDENCES, isDirect, type Dependence } from './lineage/dependence.ts'
export {
  lineageOf,
  lineageOfQueries,
  type ColumnLineage,
  type DatasetLineage,
  type RowsLineage,
} from './lineage/lineage.ts'
export * from './lineage/project-lineage.ts'
export type { LineageOrigin, LineageSource } from './lineage/sources.ts'
export { exportId, type LineageFlow } from './lineage/trace-flow.ts'
export { formatSignature } from './functions/check-call.ts'
