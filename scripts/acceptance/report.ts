import { VERSION } from '../../src/version.js';
import type { Step } from './plan.js';
import { QUESTIONS } from './questions.js';
import type { Stage } from './stage.js';

/** How a run ended. */
export type Ending = {
  readonly isInterrupted: boolean;
  /** What could not be removed, with the reason. */
  readonly left: readonly string[];
};

/** Whether every step ended as expected or was skipped, and nothing is left. */
export const isSuccess = (steps: readonly Step[], { state }: Stage, ending: Ending): boolean =>
  !ending.isInterrupted &&
  ending.left.length === 0 &&
  steps.every(({ id }) =>
    state.results.some(
      (result) => result.id === id && (result.outcome === 'as expected' || result.outcome === 'skipped'),
    ),
  );

/** Renders a report in Markdown. It can be published: it contains no account IDs, principals or keys. */
export const renderReport = (steps: readonly Step[], stage: Stage, ending: Ending): string =>
  redact(
    [
      `# Acceptance run ${stage.state.runId}`,
      `Trailkey ${VERSION} in ${stage.connection.region}, ${new Date(stage.now()).toISOString().slice(0, 10)}. ` +
        `Rule parameters: \`${JSON.stringify(stage.rule.parameters)}\`.`,
      ...(ending.isInterrupted ? ['The run was interrupted.'] : []),
      '## Steps',
      stepTable(steps, stage),
      '## Open questions',
      ...QUESTIONS.map(({ id, question }) =>
        [`**${question}**`, ...(stage.state.answers[id] ?? ['Not answered.'])].join('\n'),
      ),
      '## Not removed',
      ending.left.length === 0
        ? 'Everything was removed. KMS deletes the keys seven days after the run.'
        : ending.left.map((one) => `- ${one}`).join('\n'),
    ].join('\n\n'),
    stage,
  );

const stepTable = (steps: readonly Step[], stage: Stage): string =>
  [
    '| step | expected | seen | seconds |',
    '| --- | --- | --- | ---: |',
    ...steps.map(({ id, title, expected }) => {
      const result = stage.state.results.find((one) => one.id === id);
      const seen =
        result === undefined
          ? 'not run'
          : result.outcome === 'as expected'
            ? result.seen
            : `**${result.outcome}**: ${result.seen}`;
      return `| ${[title, expected(stage), seen, result?.seconds ?? ''].map(cell).join(' | ')} |`;
    }),
  ].join('\n');

const cell = (content: string | number): string =>
  String(content).replaceAll('|', String.raw`\|`).replaceAll(/\s+/g, ' ');

/** An ARN of IAM or STS, and the same in words of AWS such as `User: arn:…`. */
const PRINCIPAL = /arn:[\w-]+:(?:iam|sts)::\d{12}:[^\s"',;)]+/g;
const ACCOUNT_ID = /(?<![\da-f-])\d{12}(?![\da-f-])/g;

/** Replaces keys by their roles in the run, and principals and account IDs by placeholders. */
const redact = (text: string, { state }: Stage): string => {
  const keys = Object.entries(state.keys).reduce(
    (redacted, [role, arn]) => redacted.replaceAll(arn, `(the ${role} key)`),
    text,
  );
  return keys.replaceAll(PRINCIPAL, 'PRINCIPAL').replaceAll(ACCOUNT_ID, 'ACCOUNT_ID');
};
