import { createInterface } from 'node:readline/promises';
import { isInterruption } from '../../core/errors.js';
import type { Finding } from '../../core/evaluate-trail.js';
import type { RuleParameters } from '../../core/rule-parameters.js';
import type { ObservedTrail } from '../../core/trail.js';
import { sentencesOf } from '../reporters/findings.js';
import { pageFor } from '../reporters/page.js';
import { layoutFor, type Output, sanitize, type Terminal } from '../terminal.js';
import { UsageError } from '../usage-error.js';
import { evaluateNow, isAwsError, type RemediationContext, readAgain } from './account.js';
import type { RemediationPlan } from './plan.js';

/**
 * Asks for confirmation. Returns true for `y` or `yes`, and false for any other answer, Ctrl-C and the end of the input.
 *
 * @throws UsageError if there is no terminal
 */
export const confirm = async (
  { terminal: { stdin, stderr }, signal }: Pick<RemediationContext, 'terminal' | 'signal'>,
  withoutTerminal = 'Confirmation requires a terminal; use --yes to skip it.',
): Promise<boolean> => {
  if (!stdin.isTTY || !stderr.isTTY) throw new UsageError(withoutTerminal);
  stderr.write('Continue? [y/N] ');
  const lines = createInterface({ input: stdin });
  const inputEnd = new AbortController();
  lines.once('close', () => inputEnd.abort());
  const answer = await lines
    .question('', { signal: AbortSignal.any([signal, inputEnd.signal]) })
    .catch(() => '');
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
};

/** Writes a text line by line, sanitized. */
export const log = (output: Output, text: string): void => {
  for (const line of text.split('\n')) output.write(`${sanitize(line)}\n`);
};

/** Prints the verdict of each trail. */
export const printFindings = (findings: readonly Finding[], terminal: Terminal): void => {
  const page = pageFor(layoutFor(terminal));
  for (const finding of findings) {
    const { trailName, homeRegion, compliance } = finding;
    const style = compliance === 'NON_COMPLIANT' ? 'red' : 'green';
    write(terminal, page.line(sanitize(`${trailName} (${homeRegion}): ${compliance}`), { style }));
    write(terminal, page.paragraph(sanitize(sentencesOf(finding)), { indent: 2 }));
  }
};

/** Prints what each plan will do, and the risks of all plans, each once. */
export const printPlans = (plans: readonly RemediationPlan[], terminal: Terminal): void => {
  const page = pageFor(layoutFor(terminal));
  for (const { description } of plans) write(terminal, page.line(sanitize(description)));
  const risks = new Set(plans.flatMap((plan) => plan.risks));
  if (risks.size > 0) write(terminal, ['\n', ...page.line('Before you continue:')]);
  for (const risk of risks) write(terminal, page.line(sanitize(`- ${risk}`), { indent: 2 }));
  terminal.stdout.write('\n');
};

const write = ({ stdout }: Terminal, pieces: Iterable<string>): void => {
  for (const piece of pieces) stdout.write(piece);
};

/**
 * Evaluates and prints the remediated trails. Returns undefined if AWS rejects a call or on Ctrl-C, and prints the reason: the result
 * of the automation does not change.
 */
export const evaluateAfter = async (
  observedTrails: readonly ObservedTrail[],
  parameters: RuleParameters,
  context: RemediationContext,
): Promise<readonly Finding[] | undefined> => {
  try {
    const findings = await evaluateNow(await readAgain(observedTrails, context.account), parameters, context);
    printFindings(findings, context.terminal);
    return findings;
  } catch (error) {
    const reason = isInterruption(error) ? 'Interrupted.' : isAwsError(error) && error.message;
    if (!reason) throw error;
    log(context.terminal.stderr, `The automation ended, but the trail was not evaluated again: ${reason}`);
    return undefined;
  }
};
