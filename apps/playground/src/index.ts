/** Scenarios that need several plugins at once. */
export {
  ALL_PLUGINS,
  createScenario,
  ENGINE_IDS,
  type EngineId,
  type Scenario,
  type ScenarioOptions,
} from './scenario.ts'
export { withSerialisedPlans } from './serialised-plans.ts'
