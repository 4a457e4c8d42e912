import { parseCommandLine, type ParseResult } from './command-line/parse-command-line.ts'

const words = process.argv.slice(2)
const parsed = parseCommandLine(words)

// Help, version and completion end here: what is loaded below this line costs more than Node's own start.
if (parsed.kind === 'version' || parsed.kind === 'help' || isCommand(parsed, 'completion')) {
  const { printFast } = await import('./print-fast.ts')
  printFast(parsed)
} else {
  const { projectCommand } = await import('./hand-over.ts')
  const other = isCommand(parsed, 'init') ? undefined : projectCommand(words)
  if (other === undefined) {
    const { main } = await import('./main.ts')
    await main(parsed, words)
  } else await import(other)
}

function isCommand(result: ParseResult, name: string): boolean {
  return result.kind === 'command' && result.line.command === name
}
