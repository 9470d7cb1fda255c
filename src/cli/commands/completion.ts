import type { Command } from 'commander';
import type { ExitCode } from '../../core/exit-code.js';
import { bashScript } from '../completion/bash.js';
import { fishScript } from '../completion/fish.js';
import { type Grammar, grammarOf, SHELLS } from '../completion/grammar.js';
import { zshScript } from '../completion/zsh.js';
import { didYouMean } from '../did-you-mean.js';
import type { Terminal } from '../terminal.js';
import { UsageError } from '../usage-error.js';

const SCRIPTS = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
} as const satisfies Record<(typeof SHELLS)[number], (grammar: Grammar) => string>;

/**
 * Prints the script that completes this program in a shell.
 *
 * @throws UsageError where the shell is not known
 */
export const completion = (name: string, program: Command, { stdout }: Terminal): ExitCode => {
  const shell = SHELLS.find((candidate) => candidate === name.toLowerCase());
  if (shell === undefined) {
    throw new UsageError(
      `There is no completion for "${name}".${didYouMean(name, SHELLS)} The shells are ${SHELLS.join(', ')}.`,
    );
  }
  stdout.write(SCRIPTS[shell](grammarOf(program)));
  return 0;
};
