import type { CommandGrammar, Grammar, OptionGrammar } from './grammar.js';

/** The completion of a grammar for bash, 3.2 (that of macOS) and later: where it finds nothing, files are completed. */
export const bashScript = ({ commands, options }: Grammar): string => `# Completion of trailkey for bash.
_trailkey() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD - 1]}" command='' index words
  # bash takes FORMAT=FILE apart at the sign; behind it stands a file.
  [[ $cur == '=' || $prev == '=' ]] && return
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "\${COMP_WORDS[index]}" in
      ${commands.map(({ name }) => name).join(' | ')}) command="\${COMP_WORDS[index]}"; break ;;
    esac
  done
  case "$command $prev" in
${commands.flatMap(valueCases).join('\n')}
  esac
  case "$command" in
${commands.map(commandCase).join('\n')}
    *) words='${[...commands.map(({ name }) => name), ...flagsOf(options)].join(' ')}' ;;
  esac
  # Options only where one was begun, or where nothing but words can stand.
  if [[ $cur == -* || -z $command || $words != -* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  fi
}
complete -o default -F _trailkey trailkey
`;

const valueCases = ({ name, options }: CommandGrammar): readonly string[] =>
  options
    .filter(({ takesValue }) => takesValue)
    .map(({ long, words }) => `    '${name} ${long}') ${valuesOf(words)}return ;;`);

const valuesOf = (words: readonly string[]): string => {
  if (words.length === 0) return '';
  // A value follows the sign, so no space does.
  const noSpace = words.some((word) => word.endsWith('=')) ? 'compopt -o nospace 2> /dev/null; ' : '';
  return `${noSpace}COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$cur")); `;
};

const commandCase = ({ name, words, options }: CommandGrammar): string =>
  `    ${name}) words='${[...words, ...flagsOf(options)].join(' ')}' ;;`;

const flagsOf = (options: readonly OptionGrammar[]): readonly string[] => options.map(({ long }) => long);
