import { Argument, type Command } from 'commander';
import type { ExitCode } from '../core/exit-code.js';
import type { Terminal } from './terminal.js';

type Done = (code: ExitCode) => void;

/** Adds the commands that tell of Trailkey itself and judge nothing: `explain` and `completion`. */
export const addReferenceCommands = (program: Command, terminal: Terminal, done: Done): void => {
  addExplain(program, terminal, done);
  addCompletion(program, terminal, done);
};

/** Examples at the end of a command's help, one a line. */
export const withExamples = (command: Command, examples: readonly string[]): Command =>
  command.addHelpText(
    'after',
    `\nExamples:\n${examples.map((example) => `  $ trailkey ${example}\n`).join('')}`,
  );

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
