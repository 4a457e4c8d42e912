import { steadyResults } from '../series.mjs'

export default {
  name: 'steady',
  target: 'batch 50 ≤ 1.3 × batch 2 at constant state',
  run: (context) => steadyResults(context),
}
