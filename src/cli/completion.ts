import type { Command, Option } from 'commander';
import { REPLACE_EXISTING } from '../core/remediation.js';
import { type ExitCode, FAIL_ON, FILTER_SEVERITIES } from '../core/report.js';
import { PARAMETER_NAMES } from '../core/rule-parameters.js';
import { VERDICT_CODES } from '../core/verdict.js';
import { DOCTOR_FORMATS } from './doctor-report.js';
import { LOGGING_CHOICES } from './remediation/options.js';
import { FORMATS } from './reporters/index.js';
import type { Terminal } from './terminal.js';
import { parseChoice } from './usage-error.js';

/**
 * Prints the completion script of a program for a shell.
 *
 * @throws UsageError for an unsupported shell
 */
export const completion = (name: string, program: Command, { stdout }: Terminal): ExitCode => {
  const shell = parseChoice('SHELL', name.toLowerCase(), SHELLS);
  stdout.write(SCRIPTS[shell](grammarOf(program)));
  return 0;
};

/** The commands and options that a shell completes after the name of the program. */
type Grammar = {
  readonly commands: readonly CommandGrammar[];
  readonly options: readonly OptionGrammar[];
};

/** A command, its options, and its arguments: file names if there are no `words`. */
type CommandGrammar = {
  readonly name: string;
  readonly summary: string;
  readonly words: readonly string[];
  readonly options: readonly OptionGrammar[];
};

/** An option and its values. A word that ends with `=` is followed by a file name or a value. */
type OptionGrammar = {
  /** With its dashes; `short` is empty if the option has no short form. */
  readonly long: string;
  readonly short: string;
  readonly summary: string;
  readonly takesValue: boolean;
  readonly words: readonly string[];
};

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** Reads the grammar from commander's commands, so that it always includes every command and option. */
const grammarOf = (program: Command): Grammar => {
  const commands = program.createHelp().visibleCommands(program).map(commandGrammar);
  const names = commands.map(({ name }) => name).filter((name) => name !== 'help');
  return {
    commands: commands.map((command) => (command.name === 'help' ? { ...command, words: names } : command)),
    options: optionsOf(program),
  };
};

const ARGUMENTS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['explain', VERDICT_CODES],
  ['completion', SHELLS],
]);

const VALUES: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['--format', FORMATS],
  ['doctor --format', DOCTOR_FORMATS],
  ['--output', FORMATS.map((format) => `${format}=`)],
  ['--param', PARAMETER_NAMES.map((name) => `${name}=`)],
  ['--fail-on', FAIL_ON],
  ['--severity', FILTER_SEVERITIES],
  ['--replace-existing', REPLACE_EXISTING],
  ['--logging', LOGGING_CHOICES],
]);

const commandGrammar = (command: Command): CommandGrammar => ({
  name: command.name(),
  summary: command.summary() || command.description(),
  words: ARGUMENTS.get(command.name()) ?? [],
  options: optionsOf(command),
});

const optionsOf = (command: Command): readonly OptionGrammar[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .map((option) => optionGrammar(option, command.name()));

const optionGrammar = (
  { long, short, description, required, optional }: Option,
  command: string,
): OptionGrammar => ({
  long: long ?? '',
  short: short ?? '',
  summary: description,
  takesValue: required || optional,
  words: VALUES.get(`${command} ${long}`) ?? VALUES.get(long ?? '') ?? [],
});

/** The script for bash 3.2 (the version of macOS) and later. If no word matches, bash completes file names. */
const bashScript = ({ commands, options }: Grammar): string => `# Completion of trailkey for bash.
_trailkey() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD - 1]}" command='' index words
  # bash splits FORMAT=FILE at the equals sign; a file name follows it.
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
${commands.map(bashCase).join('\n')}
    *) words='${[...commands.map(({ name }) => name), ...flagsOf(options)].join(' ')}' ;;
  esac
  # Options only after a dash, or where no file name can follow.
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
  // The value follows the equals sign without a space.
  const noSpace = words.some((word) => word.endsWith('=')) ? 'compopt -o nospace 2> /dev/null; ' : '';
  return `${noSpace}COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$cur")); `;
};

const bashCase = ({ name, words, options }: CommandGrammar): string =>
  `    ${name}) words='${[...words, ...flagsOf(options)].join(' ')}' ;;`;

const flagsOf = (options: readonly OptionGrammar[]): readonly string[] => options.map(({ long }) => long);

/** The script for zsh: source it after compinit, or save it as `_trailkey` in a folder of fpath. */
const zshScript = ({ commands, options }: Grammar): string => `#compdef trailkey
# Completion of trailkey for zsh.
_trailkey() {
  local state
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${zshQuote(`${name}:${summary}`)}`).join('\n')}
  )
  _arguments -C ${[...options.map(specOf), `'1: :->command'`, `'*:: :->rest'`].join(' ')}
  case $state in
    command) _describe -t commands command commands ;;
    rest)
      case $words[1] in
${commands.map(zshCase).join('\n')}
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

const zshCase = ({ name, words, options }: CommandGrammar): string => {
  const rest = words.length === 0 ? '*:file:_files' : `1:word:(${words.join(' ')})`;
  return `        ${name}) _arguments ${[...options.map(specOf), zshQuote(rest)].join(' ')} ;;`;
};

/** The format of _arguments: `--name[description]:value:action`. */
const specOf = ({ long, summary, takesValue, words }: OptionGrammar): string =>
  zshQuote(
    `${takesValue ? '*' : ''}${long}[${summary.replace(/[\\[\]:]/g, '\\$&')}]${takesValue ? `:value:${actionFor(words)}` : ''}`,
  );

const actionFor = (words: readonly string[]): string => {
  if (words.length === 0) return '_files';
  if (!words.some((word) => word.endsWith('='))) return `(${words.join(' ')})`;
  // A file name or a value follows the equals sign.
  return `{ if [[ $PREFIX == *=* ]]; then compset -P "*="; _files; else compadd -S "" -- ${words.join(' ')}; fi }`;
};

const zshQuote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const fishScript = ({ commands, options }: Grammar): string =>
  [
    '# Completion of trailkey for fish.',
    ...commands.map(
      ({ name, summary }) =>
        `complete -c trailkey -n __fish_use_subcommand -f -a ${name} -d ${fishQuote(summary)}`,
    ),
    ...options.map((option) => `complete -c trailkey -n __fish_use_subcommand ${optionOf(option)}`),
    ...commands.flatMap(linesFor),
    '',
  ].join('\n');

const linesFor = ({ name, words, options }: CommandGrammar): readonly string[] => {
  const start = `complete -c trailkey -n '__fish_seen_subcommand_from ${name}'`;
  return [
    ...(words.length > 0 ? [`${start} -f -a '${words.join(' ')}'`] : []),
    ...options.map((option) => `${start} ${optionOf(option)}`),
  ];
};

const optionOf = ({ long, short, summary, takesValue, words }: OptionGrammar): string =>
  [
    `-l ${long.replace(/^--/, '')}`,
    ...(short === '' ? [] : [`-s ${short.replace(/^-/, '')}`]),
    ...(takesValue ? [valueIn(words)] : []),
    `-d ${fishQuote(summary)}`,
  ].join(' ');

/** `-x`: one of the words. `-r`: a value, or a file name if there are no words. */
const valueIn = (words: readonly string[]): string => {
  if (words.length === 0) return '-r';
  return words.some((word) => word.endsWith('='))
    ? `-r -a '${words.join(' ')}'`
    : `-x -a '${words.join(' ')}'`;
};

const fishQuote = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

const SCRIPTS = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
} as const satisfies Record<(typeof SHELLS)[number], (grammar: Grammar) => string>;
