import type { CommandGrammar, Grammar, OptionGrammar } from './grammar.js';

/** The completion of a grammar for zsh: to be sourced after compinit, or put into a folder of fpath as `_trailkey`. */
export const zshScript = ({ commands, options }: Grammar): string => `#compdef trailkey
# Completion of trailkey for zsh.
_trailkey() {
  local state
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`).join('\n')}
  )
  _arguments -C ${[...options.map(specOf), `'1: :->command'`, `'*:: :->rest'`].join(' ')}
  case $state in
    command) _describe -t commands command commands ;;
    rest)
      case $words[1] in
${commands.map(commandCase).join('\n')}
      esac
      ;;
  esac
}
if [[ $funcstack[1] == _trailkey ]]; then
  _trailkey "$@"
else
  compdef _trailkey trailkey
fi
`;

const commandCase = ({ name, words, options }: CommandGrammar): string => {
  const rest = words.length === 0 ? '*:file:_files' : `1:word:(${words.join(' ')})`;
  return `        ${name}) _arguments ${[...options.map(specOf), quote(rest)].join(' ')} ;;`;
};

/** As _arguments wants it: `--name[what it does]:value:action`, repeatable. */
const specOf = ({ long, summary, takesValue, words }: OptionGrammar): string =>
  quote(
    `${takesValue ? '*' : ''}${long}[${summary.replace(/[\\[\]:]/g, '\\$&')}]${takesValue ? `:value:${actionFor(words)}` : ''}`,
  );

const actionFor = (words: readonly string[]): string => {
  if (words.length === 0) return '_files';
  if (!words.some((word) => word.endsWith('='))) return `(${words.join(' ')})`;
  // Behind the sign stands a file or a value.
  return `{ if [[ $PREFIX == *=* ]]; then compset -P "*="; _files; else compadd -S "" -- ${words.join(' ')}; fi }`;
};

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
