import type { Command, Option } from 'commander';
import { VERDICT_CODES } from '../../core/catalogue.js';
import { FAIL_ON } from '../../core/exit-code.js';
import { PARAMETER_NAMES } from '../../core/rule-parameters.js';
import { FORMATS } from '../reporters/reporter.js';

/** What a shell completes after the name of the program. */
export type Grammar = {
  readonly commands: readonly CommandGrammar[];
  readonly options: readonly OptionGrammar[];
};

/** A command, its options, and the words that may stand behind it: files where there are none. */
export type CommandGrammar = {
  readonly name: string;
  readonly summary: string;
  readonly words: readonly string[];
  readonly options: readonly OptionGrammar[];
};

/** An option; `words` may end with `=`, and a file or value follows then. */
export type OptionGrammar = {
  /** With its dashes; `short` is empty where there is none. */
  readonly long: string;
  readonly short: string;
  readonly summary: string;
  readonly takesValue: boolean;
  readonly words: readonly string[];
};

/** The shells that a script can be printed for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** Reads off the commands themselves what there is to complete: a new command or option needs nothing here. */
export const grammarOf = (program: Command): Grammar => {
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
  ['--output', FORMATS.map((format) => `${format}=`)],
  ['--param', PARAMETER_NAMES.map((name) => `${name}=`)],
  ['--fail-on', FAIL_ON],
]);

const commandGrammar = (command: Command): CommandGrammar => ({
  name: command.name(),
  summary: command.summary() || command.description(),
  words: ARGUMENTS.get(command.name()) ?? [],
  options: optionsOf(command),
});

const optionsOf = (command: Command): readonly OptionGrammar[] =>
  command.createHelp().visibleOptions(command).map(optionGrammar);

const optionGrammar = ({ long, short, description, required, optional }: Option): OptionGrammar => ({
  long: long ?? '',
  short: short ?? '',
  summary: description,
  takesValue: required || optional,
  words: VALUES.get(long ?? '') ?? [],
});
