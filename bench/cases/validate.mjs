import { interleave, runProcess, secondsOf, spread } from '../measure.mjs'
import { writeWideProject } from '../product.mjs'

const FLOWS = 1000

export default {
  name: 'validate',
  target: 'qarion validate of 1,000 flows: under 1 second more than node -e 0',
  async run(context) {
    const results = []
    for (const engine of ['sqlite', 'duckdb']) {
      const directory = context.folder(`wide-${engine}`)
      writeWideProject(directory, { product: context.product, engine, flows: FLOWS })
      const samples = await interleave(
        [
          {
            name: 'qarion',
            run: () => context.qarion(['validate', '--quiet'], { cwd: directory, memory: true }),
          },
          { name: 'node', run: () => runProcess(context.node, ['-e', '0']) },
        ],
        context.rounds + 1,
      )
      const [qarion, node] = [samples.qarion.slice(1), samples.node.slice(1)]
      results.push({
        measure: `${engine}: qarion validate of ${FLOWS} flows − node -e 0`,
        unit: 's',
        limit: 1,
        ...spread(qarion.map(({ seconds }, round) => seconds - node[round].seconds)),
        seconds: { qarion: secondsOf(qarion), 'node -e 0': secondsOf(node) },
      })
      context.folder(`wide-${engine}`)
    }
    return results
  },
}
