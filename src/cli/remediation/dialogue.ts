import { createInterface } from 'node:readline';
import { isInterruption } from '../../core/errors.js';
import type { Finding } from '../../core/evaluate-trail.js';
import { pageFor } from '../reporters/page.js';
import { layoutFor, type Output, sanitize, type Terminal } from '../terminal.js';
import { UsageError } from '../usage-error.js';
import { isSaidByAws } from './account.js';
import type { RemediationPlan } from './plan.js';

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

/** Writes a text, sanitized, line by line. */
export const log = (output: Output, text: string): void => {
  for (const line of text.split('\n')) output.write(`${sanitize(line)}\n`);
};

/** Says of each trail how it stands. */
export const printFindings = (findings: readonly Finding[], terminal: Terminal): void => {
  const page = pageFor(layoutFor(terminal));
  for (const { trailName, homeRegion, compliance, code, message, nextStep } of findings) {
    const style = compliance === 'NON_COMPLIANT' ? 'red' : 'green';
    write(terminal, page.line(sanitize(`${trailName} (${homeRegion}): ${compliance}`), { style }));
    write(terminal, page.paragraph(sanitize(`${code}: ${message} ${nextStep}`), { indent: 2 }));
  }
};

/** Says what will be done, and what may come of it: each risk once. */
export const printPlans = (plans: readonly RemediationPlan[], terminal: Terminal): void => {
  const page = pageFor(layoutFor(terminal));
  for (const { sentence } of plans) write(terminal, page.line(sanitize(sentence)));
  const risks = new Set(plans.flatMap((plan) => plan.risks));
  if (risks.size > 0) write(terminal, ['\n', ...page.line('Before you go on:')]);
  for (const risk of risks) write(terminal, page.line(sanitize(`- ${risk}`), { indent: 2 }));
  terminal.stdout.write('\n');
};

const write = ({ stdout }: Terminal, pieces: Iterable<string>): void => {
  for (const piece of pieces) stdout.write(piece);
};

/** Judges again what was repaired, and says it. Undefined where that cannot be done: the repair itself stands as it was told. */
export const evaluateAfter = async (
  judge: () => Promise<readonly Finding[]>,
  terminal: Terminal,
): Promise<readonly Finding[] | undefined> => {
  try {
    const findings = await judge();
    printFindings(findings, terminal);
    return findings;
  } catch (error) {
    const isInterrupted = isInterruption(error);
    if (!isInterrupted && !isSaidByAws(error)) throw error;
    const why = isInterrupted || !(error instanceof Error) ? 'interrupted.' : error.message;
    log(terminal.stderr, `The automation has ended. What it came to was not judged again: ${why}`);
    return undefined;
  }
};
