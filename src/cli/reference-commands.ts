import { Argument, type Command } from 'commander';
import { didYouMean } from './did-you-mean.js';
import { type Done, withExamples } from './options.js';
import type { Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';

/** Adds the commands that tell of Trailkey itself and judge nothing: `explain`, `completion` and `help`. */
export const addReferenceCommands = (program: Command, terminal: Terminal, done: Done): void => {
  addExplain(program, terminal, done);
  addCompletion(program, terminal, done);
  addHelp(program);
};

const addExplain = (program: Command, terminal: Terminal, done: Done): void => {
  const command = program
    .command('explain')
    .summary('tell what a verdict means and how to fix it')
    .description(
      'Prints the page of a verdict: what it means, why it matters, how to fix it. Without a code, lists all.',
    )
    .argument('[code]', 'a verdict, such as KEY_DISABLED')
    .action(async (code: string | undefined) => {
      const { explain } = await import('./commands/explain.js');
      done(explain(code, terminal));
    });
  withExamples(command, ['explain', 'explain KEY_DISABLED']);
};

const COMPLETION_DESCRIPTION = `Prints a script that completes commands, options, formats and verdicts.

bash: put this line into ~/.bashrc:                source <(trailkey completion bash)
zsh:  put this line into ~/.zshrc, after compinit: source <(trailkey completion zsh)
fish: run this once:   trailkey completion fish > ~/.config/fish/completions/trailkey.fish`;

const addCompletion = (program: Command, terminal: Terminal, done: Done): void => {
  const command = program
    .command('completion')
    .summary('print a script for completion in your shell')
    .description(COMPLETION_DESCRIPTION)
    .addArgument(new Argument('<shell>', 'bash, zsh or fish'))
    .action(async (shell: string) => {
      const { completion } = await import('./commands/completion.js');
      done(completion(shell, program, terminal));
    });
  withExamples(command, ['completion bash', 'completion zsh', 'completion fish']);
};

/** Commander's own command of this name answers a misspelt command with the help of all, and without a word on it. */
const addHelp = (program: Command): void => {
  program
    .command('help')
    .description('display help for command')
    .argument('[command]')
    .helpOption(false)
    .action((name: string | undefined) => {
      const names = program.commands.map((command) => command.name());
      const command = name === undefined ? program : program.commands.find((one) => one.name() === name);
      if (command) return command.help();
      throw new UsageError(
        `There is no command "${name}".${didYouMean(name ?? '', names)} The commands are ${names.join(', ')}.`,
      );
    });
};
