/** Scenarios that need several plugins at once. */
export {
  ALL_PLUGINS,
  copyProject,
  createScenario,
  withScenario,
  DEFAULT_FLOW,
  type Scenario,
  type ScenarioOptions,
} from './scenario.ts'
export { withSerialisedPlans } from './serialised-plans.ts'
export {
  ENGINE_IDS,
  FILE_ENGINE_IDS,
  makeStore,
  PERSISTENT_ENGINE_IDS,
  type EngineId,
  type FileStore,
  type ServerStore,
} from './store.ts'
