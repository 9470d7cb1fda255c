import { settleAll } from '../core/collections.js';
import { TRAIL_TYPE } from '../core/configuration-item.js';
import type { RecordedResult } from '../core/deployment.js';
import { messageOf } from '../core/errors.js';
import { evaluateTrail, type Finding } from '../core/evaluate-trail.js';
import { cacheKeys } from '../core/key.js';
import type { RuleParameters } from '../core/rule-parameters.js';
import { isEvaluated } from '../core/verdict.js';
import type { DoctorPorts } from '../ports.js';
import { onePerResource } from '../rule/evaluate-rule.js';
import { allTrails } from '../rule/find-trails.js';
import { startEvaluation } from './evaluation.js';
import { deniedPermission, formatTime, type Outcome, ok, problem, skipped } from './outcome.js';

/** The trails of the account and Region, evaluated now, and those that could not be evaluated. */
export type CurrentState = {
  readonly findings: readonly Finding[];
  readonly failures: readonly { readonly resourceId: string; readonly message: string }[];
};

/**
 * Evaluates the trails of the account and Region as the rule does.
 *
 * @throws what the ports throw if a list is not complete
 */
export const evaluateNow = async (
  parameters: RuleParameters,
  ports: Pick<DoctorPorts, 'accountId' | 'region' | 'live' | 'history' | 'keys' | 'now'>,
): Promise<CurrentState> => {
  const { accountId } = ports;
  const context = {
    keys: cacheKeys(ports.keys({ ...parameters, accountId })),
    parameters,
    now: ports.now(),
  };
  const trails = await allTrails({ accountId, parameters }, ports);
  const { results, failures } = await settleAll(trails, (trail) => evaluateTrail(trail, context));
  return {
    findings: onePerResource(results),
    failures: failures.map(({ item, error }) => ({ resourceId: item.resourceId, message: messageOf(error) })),
  };
};

/** A line about a trail whose result is not as expected, or could not be compared. */
type Difference = {
  readonly kind: 'missing' | 'different' | 'stale' | 'not compared';
  readonly line: string;
};

/** Whether the results in AWS Config are those of an evaluation now. */
export const checkResults = (
  { findings, failures }: CurrentState,
  results: readonly RecordedResult[],
  { rule, region }: { readonly rule: string; readonly region: string },
): Outcome => {
  const recorded = new Map(
    results
      .filter(({ resourceType }) => resourceType === TRAIL_TYPE)
      .map((result) => [result.resourceId, result]),
  );
  const evaluated = findings.filter(isEvaluated);
  const compared = evaluated.map((finding) => compare(finding, recorded.get(finding.resourceId)));
  const known = new Set([...evaluated, ...failures].map(({ resourceId }) => resourceId));
  const stale = [...recorded.values()].filter(({ resourceId }) => !known.has(resourceId));
  const lines: readonly Difference[] = [
    ...compared.flatMap(({ difference }) => difference ?? []),
    ...stale.map(staleLine),
    ...failures.map(({ resourceId, message }) => notCompared(resourceId, message)),
  ];
  const wrong = lines.filter(({ kind }) => kind !== 'not compared');
  const details = lines.map(({ kind, line }) => `${kind}: ${line}`);
  if (wrong.length > 0) {
    return problem(
      {
        status: 'failed',
        message: `${wrong.length} of ${known.size + stale.length} results in AWS Config are missing, stale or different from an evaluation now.`,
        nextStep:
          'Start an evaluation. If the results do not change within 10 minutes, see the check of the evaluation.',
        commands: [startEvaluation(rule, region)],
      },
      details,
    );
  }
  if (lines.length === 0) return ok(summaryOf(evaluated));
  const missingPermission = compared.find(({ permission }) => permission)?.permission ?? null;
  return {
    ...skipped(`${lines.length} of ${known.size} trails could not be compared with their results.`),
    nextStep:
      missingPermission === null
        ? 'Run the command again.'
        : `Allow ${missingPermission} for your role or user (docs/policies/doctor.json), also in the key policies.`,
    details,
    missingPermission,
  };
};

const summaryOf = ({ length }: readonly Finding[]): string => {
  if (length === 0) return 'No trail is evaluated in this account and Region, and AWS Config has no results.';
  return length === 1
    ? 'The result of the trail is that of an evaluation now.'
    : `The results of ${length} trails are those of an evaluation now.`;
};

type Compared = { readonly difference?: Difference; readonly permission?: string };

const compare = (finding: Finding, result: RecordedResult | undefined): Compared => {
  const { resourceId, compliance, code } = finding;
  if (result !== undefined && result.compliance === compliance && codeIn(result) === code) return {};
  const permission = deniedPermission(finding);
  const now = `${compliance} (${code})`;
  if (result === undefined) {
    return { difference: { kind: 'missing', line: `${resourceId} is ${now}, and has no result.` } };
  }
  if (permission !== undefined) {
    const reason = `${permission} is denied for your role or user. ${describe(result)}`;
    return { difference: notCompared(resourceId, reason), permission };
  }
  return { difference: { kind: 'different', line: `${resourceId} is ${now}. ${describe(result)}` } };
};

/** The verdict in an annotation. */
const codeIn = ({ annotation = '' }: RecordedResult): string | undefined =>
  /^([A-Z_]+):/.exec(annotation)?.[1];

const describe = (result: RecordedResult): string => {
  const { compliance, recordedAt } = result;
  const time = recordedAt === undefined ? 'an unknown time' : formatTime(recordedAt);
  return `The result of ${time} is ${compliance} (${codeIn(result) ?? 'without a verdict'}).`;
};

const staleLine = (result: RecordedResult): Difference => ({
  kind: 'stale',
  line: `${result.resourceId} does not exist, or is not evaluated in this account and Region. ${describe(result)}`,
});

const notCompared = (resourceId: string, reason: string): Difference => ({
  kind: 'not compared',
  line: `${resourceId}: ${reason}`,
});
