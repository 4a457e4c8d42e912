import type { CommandSpec, OptionSpec } from './command-spec.ts'
import { COMMANDS } from './command-table.ts'
import { GLOBAL_OPTIONS } from './global-options.ts'

export type Shell = 'bash' | 'zsh' | 'fish'

/** A script that completes commands, options and choices without starting `qarion`. */
export function renderCompletion(shell: Shell): string {
  switch (shell) {
    case 'bash':
      return bashScript()
    case 'zsh':
      return `autoload -U +X bashcompinit && bashcompinit\n${bashScript()}`
    case 'fish':
      return fishScript()
  }
}

function optionsOf(command: CommandSpec): readonly OptionSpec[] {
  return [...command.options, ...GLOBAL_OPTIONS]
}

function wordsOf(command: CommandSpec): string {
  const choices =
    command.name === 'help'
      ? COMMANDS.map(({ name }) => name)
      : command.arguments.flatMap((argument) => argument.choices ?? [])
  return [...choices, ...optionsOf(command).map(({ name }) => `--${name}`)].join(' ')
}

function bashScript(): string {
  const choices = COMMANDS.flatMap((command) =>
    command.options.flatMap((option) =>
      option.choices === undefined
        ? []
        : [`    ${command.name}:--${option.name}) words='${option.choices.join(' ')}' ;;`],
    ),
  )
  const files = [...COMMANDS.flatMap(({ options }) => options), ...GLOBAL_OPTIONS].filter(
    ({ placeholder }) => placeholder === 'FILE' || placeholder === 'DIR',
  )
  const fileOptions = [...new Set(files.map(({ name }) => `*:--${name}`))].join('|')
  return `_qarion() {
  local current previous command words word
  current=\${COMP_WORDS[COMP_CWORD]}
  previous=\${COMP_WORDS[COMP_CWORD-1]}
  command=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in -*) ;; *) command=$word; break ;; esac
  done
  case "$command:$previous" in
${choices.join('\n')}
    ${fileOptions}) COMPREPLY=($(compgen -f -- "$current")); return ;;
    *) case $command in
${COMMANDS.map((command) => `      ${command.name}) words='${wordsOf(command)}' ;;`).join('\n')}
      *) words='${COMMANDS.map(({ name }) => name).join(' ')} ${GLOBAL_OPTIONS.map(({ name }) => `--${name}`).join(' ')}' ;;
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _qarion qarion
`
}

function fishScript(): string {
  const lines = ['complete -c qarion -f']
  for (const global of GLOBAL_OPTIONS) lines.push(`complete -c qarion ${fishOption(global)}`)
  for (const command of COMMANDS) {
    const inside = `-n '__fish_seen_subcommand_from ${command.name}'`
    lines.push(
      `complete -c qarion -n __fish_use_subcommand -a ${command.name} -d ${quote(command.summary)}`,
    )
    for (const own of command.options) lines.push(`complete -c qarion ${inside} ${fishOption(own)}`)
    const choices = command.arguments.flatMap((argument) => argument.choices ?? [])
    if (choices.length > 0) {
      lines.push(`complete -c qarion ${inside} -a ${quote(choices.join(' '))}`)
    }
  }
  return `${lines.join('\n')}\n`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`\'`)}'`
}

function fishOption({ name, short, type, choices, placeholder, summary }: OptionSpec): string {
  const takesFiles = placeholder === 'FILE' || placeholder === 'DIR'
  return [
    `-l ${name}`,
    ...(short === undefined ? [] : [`-s ${short}`]),
    ...(type === 'flag' ? [] : ['-r']),
    ...(choices === undefined ? [] : [`-a ${quote(choices.join(' '))}`]),
    ...(takesFiles || type === 'flag' ? [] : ['-f']),
    `-d ${quote(summary)}`,
  ].join(' ')
}
