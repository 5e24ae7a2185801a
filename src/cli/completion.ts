import type { Command, Option } from 'commander'
import { checks } from '../checks/catalogue.ts'
import { SEVERITIES } from '../checks/finding.ts'
import { ConfigError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { REPORT_KINDS } from './check-report.ts'

const NAME = 'vitest-tidb'

interface Word {
  readonly word: string
  readonly what: string
}

/** What may follow a command that is typed so far: ` server start`, with a blank before each word; empty at first. */
interface Place {
  readonly typed: string
  readonly words: readonly Word[]
}

/** What may follow an option: words, files, or what only the user knows. */
interface Values {
  readonly option: string
  readonly words: readonly string[] | 'files' | 'unknown'
}

const names = checks.map(({ name }) => name)
const KNOWN: Readonly<Record<string, readonly string[] | 'files'>> = {
  '--only': names,
  '--skip': names,
  '--limit': checks.flatMap(({ name, limits }) => Object.keys(limits).map((limit) => `${name}.${limit}=`)),
  '--severity': SEVERITIES,
  '--report': REPORT_KINDS,
  '--provider': ['binary', 'container'],
  '--expected': 'files',
  '--tls-ca': 'files',
  '--tls-cert': 'files',
  '--tls-key': 'files',
}

/** The command and all below it, whatever their depth. */
function placesOf(command: Command, typed = ''): Place[] {
  const below = command.commands.map((one) => ({ one, typed: `${typed} ${one.name()}` }))
  const words = [
    ...below.map(({ one }) => ({ word: one.name(), what: one.description() })),
    ...optionsOf(command).map(({ long, description }) => ({ word: long ?? '', what: description })),
  ]
  const shells = command.name() === 'completion' ? SHELLS.map((word) => ({ word, what: `for ${word}` })) : []
  return [{ typed, words: [...words, ...shells] }, ...below.flatMap(({ one, typed: to }) => placesOf(one, to))]
}

function optionsOf(command: Command): readonly Option[] {
  return command.createHelp().visibleOptions(command)
}

function valuesOf(program: Command): Values[] {
  const everywhere = (command: Command): Command[] => [command, ...command.commands.flatMap(everywhere)]
  const options = everywhere(program).flatMap((command) => optionsOf(command).filter(({ required }) => required))
  const long = [...new Set(options.map((option) => option.long ?? ''))]
  return long.map((option) => ({ option, words: KNOWN[option] ?? 'unknown' }))
}

// Of options whose values are of one kind: one case for all of them.
function casesOf(program: Command): { readonly options: string[]; readonly words: Values['words'] }[] {
  const byWords = Map.groupBy(valuesOf(program), ({ words }) => (typeof words === 'string' ? words : words.join(' ')))
  return [...byWords.values()].map((all) => ({
    options: all.map(({ option }) => option),
    words: all[0]?.words ?? 'unknown',
  }))
}

const inQuotes = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`

function bash(program: Command): string {
  const places = placesOf(program)
  const say = (words: Values['words']) =>
    words === 'unknown'
      ? 'return'
      : words === 'files'
        ? 'compopt -o default 2>/dev/null; return'
        : `next=${inQuotes(words.join(' '))}`
  return `# ${NAME} for bash: eval "$(${NAME} completion bash)"
_vitest_tidb() {
  local typed='' next='' at
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "$typed \${COMP_WORDS[at]}" in
      ${places.flatMap(({ typed }) => (typed === '' ? [] : [inQuotes(typed)])).join(' | ')}) typed="$typed \${COMP_WORDS[at]}" ;;
    esac
  done
  COMPREPLY=()
  case "\${COMP_WORDS[COMP_CWORD - 1]}" in
${casesOf(program)
  .map(({ options, words }) => `    ${options.join(' | ')}) ${say(words)} ;;`)
  .join('\n')}
    *)
      case "$typed" in
${places.map(({ typed, words }) => `        ${inQuotes(typed)}) next=${inQuotes(words.map(({ word }) => word).join(' '))} ;;`).join('\n')}
      esac
      ;;
  esac
  # shellcheck disable=SC2207
  COMPREPLY=($(compgen -W "$next" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _vitest_tidb ${NAME}
`
}

function zsh(program: Command): string {
  const places = placesOf(program)
  const described = ({ word, what }: Word) => inQuotes(`${word}:${what}`)
  const say = (words: Values['words']) =>
    words === 'unknown' ? 'return' : words === 'files' ? '_files; return' : `next=(${words.map(inQuotes).join(' ')})`
  return `#compdef ${NAME}
# ${NAME} for zsh: source <(${NAME} completion zsh), after compinit
_vitest_tidb() {
  local typed='' word
  local -a next
  for word in \${words[2,CURRENT-1]}; do
    case "$typed $word" in
      (${places.flatMap(({ typed }) => (typed === '' ? [] : [inQuotes(typed)])).join('|')}) typed="$typed $word" ;;
    esac
  done
  case "\${words[CURRENT-1]}" in
${casesOf(program)
  .map(({ options, words }) => `    (${options.join('|')}) ${say(words)} ;;`)
  .join('\n')}
    (*)
      case "$typed" in
${places.map(({ typed, words }) => `        (${inQuotes(typed)}) next=(${words.map(described).join(' ')}) ;;`).join('\n')}
      esac
      ;;
  esac
  _describe ${NAME} next
}
compdef _vitest_tidb ${NAME}
`
}

function fish(program: Command): string {
  const places = placesOf(program)
  const quoted = (text: string) => `'${text.replaceAll('\\', String.raw`\\`).replaceAll("'", String.raw`\'`)}'`
  const values = new Map(valuesOf(program).map(({ option, words }) => [option, words]))
  const takes = (word: string): string => {
    const words = values.get(word)
    if (words === undefined) return ''
    return words === 'files' ? ' -r -F' : words === 'unknown' ? ' -x' : ` -x -a ${quoted(words.join(' '))}`
  }
  const lines = places.flatMap(({ typed, words }) =>
    words.map(({ word, what }) => {
      const when = `complete -c ${NAME} -n ${quoted(`__vitest_tidb_at ${quoted(typed)}`)}`
      return word.startsWith('--')
        ? `${when} -l ${word.slice(2)}${takes(word)} -d ${quoted(what)}`
        : `${when} -a ${word} -d ${quoted(what)}`
    }),
  )
  return `# ${NAME} for fish: ${NAME} completion fish | source
function __vitest_tidb_at
    set -l typed ''
    for word in (commandline -opc)[2..]
        if contains -- "$typed $word" ${places.flatMap(({ typed }) => (typed === '' ? [] : [quoted(typed)])).join(' ')}
            set typed "$typed $word"
        end
    end
    test "$typed" = "$argv[1]"
end
complete -c ${NAME} -f
${lines.join('\n')}
`
}

const GENERATORS = { bash, zsh, fish } as const
const SHELLS = Object.keys(GENERATORS)

/** What a shell runs to complete the command. @throws {ConfigError} for another shell. */
export function completion(program: Command, shell: string): string {
  if (Object.hasOwn(GENERATORS, shell)) return GENERATORS[shell as keyof typeof GENERATORS](program)
  const meant = nearest(shell, SHELLS)
  throw new ConfigError(['shell'], 'there is no completion for that shell', {
    hints: [meant === undefined ? `give ${SHELLS.join(', ')}` : `did you mean ${meant}?`],
  })
}
