import type { DeployedRule, ReadResult, RemediationConfiguration } from '../core/deployment.js';
import type { Finding } from '../core/evaluate-trail.js';
import type { DoctorPorts } from '../ports.js';
import { checkEvaluation } from './evaluation.js';
import { ALARM, checkAlarm, checkLogGroup, checkSubscriptions, topicArn } from './notifications.js';
import { both, type Outcome, skipped, whenRead } from './outcome.js';
import { checkRecordedTypes, checkRecorder, checkRecordingFrequency } from './recorder.js';
import {
  checkApprovers,
  checkDocument,
  checkRemediationKey,
  checkRemediationParameters,
  checkRemediationRuns,
  evaluateRemediationKey,
  NO_REMEDIATION,
  RESTORE_KEY,
} from './remediation.js';
import { type CurrentState, checkResults, evaluateNow } from './results.js';
import {
  checkFunction,
  checkPack,
  checkParameters,
  checkRule,
  checkScope,
  checkTriggers,
  functionName,
  NO_RULE,
  parseParameters,
  trailkeyRules,
} from './rule.js';

/** The compliant state of each check, by its ID, in the order of the report. */
export const CHECK_TITLES = {
  recorder: 'The configuration recorder is recording',
  'recorded-types': 'Trails and keys are recorded',
  'recording-frequency': 'Changes are recorded continuously',
  rule: 'There is one active rule of Trailkey',
  function: 'The rule invokes a function in this account and Region',
  scope: 'Changes of trails and keys invoke the rule',
  triggers: 'Changes and a schedule invoke the rule',
  parameters: 'The rule parameters are valid',
  'conformance-pack': 'The conformance pack of the rule is deployed',
  evaluation: 'The last evaluation succeeded',
  results: 'The results are those of an evaluation now',
  document: 'The document of the remediation is active, and runs its newest version',
  'remediation-parameters': 'The parameters of the remediation are valid',
  'remediation-key': 'The key of the remediation works',
  'remediation-runs': 'The last remediations succeeded',
  approvers: 'No older version of Trailkey-RestoreKey accepts other approvers',
  alarm: 'The alarm exists and reports no errors',
  subscriptions: 'The subscriptions to the notifications are confirmed',
  'log-group': 'The log group of the function exists',
} as const;

/** The ID of a check. IDs are public API. */
export type CheckId = keyof typeof CHECK_TITLES;

const isCheckId = (text: string): text is CheckId => Object.hasOwn(CHECK_TITLES, text);

/** The IDs of the checks, in the order of the report. */
export const CHECK_IDS: readonly CheckId[] = Object.keys(CHECK_TITLES).filter(isCheckId);

/** What `doctor` found: the name of the rule, if there is one, and the outcome of each check. */
export type Diagnosis = {
  readonly rule: string | null;
  readonly outcomes: Readonly<Record<CheckId, Outcome>>;
};

/**
 * Checks the deployment of Trailkey in an account and Region. Reads only.
 *
 * @throws what ends all calls: an interruption, or credentials that AWS rejects
 */
export const diagnose = async (ports: DoctorPorts): Promise<Diagnosis> => {
  const { deployment, region } = ports;
  const [
    { allRules, rules, facts, logGroup },
    recorders,
    statuses,
    packs,
    restoreKey,
    versions,
    alarm,
    subscriptions,
  ] = await Promise.all([
    readRules(ports),
    deployment.recorders(),
    deployment.recorderStatuses(),
    deployment.packs(),
    deployment.documentContent(RESTORE_KEY),
    deployment.documentVersions(RESTORE_KEY),
    deployment.alarm(ALARM),
    deployment.subscriptions(topicArn(ports)),
  ]);
  const ofRule = (check: (rule: RuleFacts) => Outcome): Outcome =>
    whenRead(allRules, () => (facts === undefined ? NO_RULE : check(facts)));
  return {
    rule: rules[0]?.name ?? null,
    outcomes: {
      recorder: whenRead(statuses, (value) => checkRecorder(value, region)),
      'recorded-types': whenRead(recorders, checkRecordedTypes),
      'recording-frequency': whenRead(recorders, checkRecordingFrequency),
      rule: whenRead(allRules, () => checkRule(rules, ports)),
      ...ruleOutcomes(ofRule, ports),
      'conformance-pack': whenRead(both(allRules, packs), ([, value]) => checkPack(rules[0], value)),
      ...remediationOutcomes(ofRule, ports),
      approvers: whenRead(both(restoreKey, versions), (value) => checkApprovers(...value, region)),
      alarm: whenRead(alarm, (value) => checkAlarm(value, region)),
      subscriptions: whenRead(subscriptions, checkSubscriptions),
      'log-group': whenRead(logGroup.group, (value) => checkLogGroup(value, logGroup.name)),
    },
  };
};

/** The name of the function of the stack. */
const FUNCTION = 'trailkey-config-rule';

type RuleFacts = Awaited<ReturnType<typeof readRule>>;
type OfRule = (check: (facts: RuleFacts) => Outcome) => Outcome;

const readRules = async (ports: DoctorPorts) => {
  const { deployment } = ports;
  const allRules = await deployment.rules();
  const rules = allRules.kind === 'read' ? trailkeyRules(allRules.value) : [];
  const name = `/aws/lambda/${functionName(rules[0]?.source) || FUNCTION}`;
  const [facts, group] = await Promise.all([
    rules[0] && readRule(rules[0], ports),
    deployment.logGroup(name),
  ]);
  return { allRules, rules, facts, logGroup: { name, group } };
};

/** Reads what belongs to a rule, and evaluates its trails now. */
const readRule = async (rule: DeployedRule, ports: DoctorPorts) => {
  const { deployment, attempt } = ports;
  const parsed = parseParameters(rule);
  const parameters = parsed.kind === 'valid' ? parsed.parameters : undefined;
  const [status, results, current, runs, remediation] = await Promise.all([
    deployment.evaluationStatus(rule.name),
    deployment.results(rule.name),
    parameters && attempt(() => evaluateNow(parameters, ports)),
    deployment.remediationRuns(rule.name),
    deployment.remediation(rule.name),
  ]);
  const configuration = remediation.kind === 'read' ? remediation.value : undefined;
  const [document, content, key] = await Promise.all([
    configuration && deployment.document(configuration.document),
    configuration && deployment.documentContent(configuration.document, configuration.version),
    configuration && parameters && attempt(() => evaluateRemediationKey(configuration, parameters, ports)),
  ]);
  return { rule, parsed, status, results, current, runs, remediation, document, content, key };
};

const ruleOutcomes = (ofRule: OfRule, { accountId, region, partition, now }: DoctorPorts) => ({
  function: ofRule(({ rule }) => checkFunction(rule, { accountId, region, partition })),
  scope: ofRule(({ rule }) => checkScope(rule)),
  triggers: ofRule(({ rule }) => checkTriggers(rule)),
  parameters: ofRule(({ parsed }) => checkParameters(parsed)),
  evaluation: ofRule(({ rule, status }) =>
    whenRead(status, (value) => checkEvaluation(value, { rule, region, now: now() })),
  ),
  results: ofRule(({ rule, current, results }) => {
    if (current === undefined) return INVALID_PARAMETERS;
    return whenRead(both(current, results), (value) => checkResults(...value, { rule: rule.name, region }));
  }),
});

const INVALID_PARAMETERS = skipped('The rule parameters are not valid.');

const remediationOutcomes = (ofRule: OfRule, { accountId, region, partition }: DoctorPorts) => {
  const ofRemediation = (
    check: (configuration: RemediationConfiguration, facts: RuleFacts) => Outcome,
  ): Outcome =>
    ofRule((facts) =>
      whenRead(facts.remediation, (configuration) =>
        configuration === undefined ? NO_REMEDIATION : check(configuration, facts),
      ),
    );
  return {
    document: ofRemediation((configuration, { document }) =>
      whenKnown(document, (value) => checkDocument(value, configuration, region)),
    ),
    'remediation-parameters': ofRemediation((configuration, { content }) =>
      whenKnown(content, (value) =>
        checkRemediationParameters(configuration, value, { accountId, region, partition }),
      ),
    ),
    'remediation-key': ofRemediation((configuration, { key }) =>
      whenKnown(key, (value) => checkRemediationKey(configuration, value)),
    ),
    'remediation-runs': ofRemediation((_, { runs, current }) =>
      whenRead(runs, (value) => checkRemediationRuns(value, findingsIn(current), region)),
    ),
  };
};

/** The outcome of a check of what was read. It was not read if the rule parameters are not valid. */
const whenKnown = <T>(result: ReadResult<T> | undefined, check: (value: T) => Outcome): Outcome =>
  result === undefined ? INVALID_PARAMETERS : whenRead(result, check);

const findingsIn = (current: ReadResult<CurrentState> | undefined): readonly Finding[] =>
  current?.kind === 'read' ? current.value.findings : [];
