import { interleave, ratioOf, runProcess, secondsOf } from '../measure.mjs'

export default {
  name: 'help',
  target: 'qarion --help ≤ 2.5 × node -e 0',
  async run(context) {
    const samples = await interleave(
      [
        { name: 'qarion', run: () => context.qarion(['--help']) },
        { name: 'node', run: () => runProcess(context.node, ['-e', '0']) },
      ],
      // Short and therefore noisy: the first rounds fill Node's compile cache and are dropped.
      context.rounds * 4 + 2,
    )
    const [qarion, node] = [samples.qarion.slice(2), samples.node.slice(2)]
    return [
      {
        measure: 'qarion --help / node -e 0',
        unit: '×',
        limit: 2.5,
        ...ratioOf(qarion, node),
        seconds: { qarion: secondsOf(qarion), 'node -e 0': secondsOf(node) },
      },
    ]
  },
}
