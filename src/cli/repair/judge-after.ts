import { isInterruption } from '../../core/errors.js';
import type { Finding } from '../../core/finding.js';
import type { Terminal } from '../terminal.js';
import { say } from './say.js';
import { tellVerdicts } from './tell.js';
import { isSaidByAws } from './with-account.js';

/** Judges again what was repaired, and says it. Undefined where that cannot be done: the repair itself stands as it was told. */
export const judgeAfter = async (
  judge: () => Promise<readonly Finding[]>,
  terminal: Terminal,
): Promise<readonly Finding[] | undefined> => {
  try {
    const findings = await judge();
    tellVerdicts(findings, terminal);
    return findings;
  } catch (error) {
    const isInterrupted = isInterruption(error);
    if (!isInterrupted && !isSaidByAws(error)) throw error;
    const why = isInterrupted || !(error instanceof Error) ? 'interrupted.' : error.message;
    say(terminal.stderr, `The automation has ended. What it came to was not judged again: ${why}`);
    return undefined;
  }
};
