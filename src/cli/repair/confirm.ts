import { createInterface } from 'node:readline';
import type { Terminal } from '../terminal.js';
import { UsageError } from '../usage-error.js';

/**
 * Asks whether to go on. Only `y` or `yes` does; Ctrl-C and the end of the input do not.
 *
 * @throws UsageError where nobody can be asked: nothing was started then
 */
export const confirm = async (question: string, terminal: Terminal): Promise<boolean> => {
  const { stdin, stderr } = terminal;
  if (!stdin.isTTY || !stderr.isTTY) {
    throw new UsageError('Nothing was started: there is no terminal to ask on. Add --yes to go on unasked.');
  }
  stderr.write(`${question} [y/N] `);
  const lines = createInterface({ input: stdin });
  const answer = await new Promise<string>((resolve) => {
    const stopListening = terminal.onInterrupt(() => resolve(''));
    lines.once('line', resolve);
    lines.once('close', () => {
      stopListening();
      resolve('');
    });
  });
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
};
