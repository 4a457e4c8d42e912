import { steadyResults } from '../series.mjs'

export default {
  name: 'scd2-steady',
  target: 'batch 50 ≤ 1.3 × batch 2 at constant state, while history grows',
  run: (context) => steadyResults(context, 'scd2'),
}
