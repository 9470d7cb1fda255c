import { parseArn } from '../core/arn.js';
import type {
  DocumentContent,
  DocumentVersion,
  RemediationConfiguration,
  RemediationParameter,
  RemediationRun,
  SsmDocument,
} from '../core/deployment.js';
import { evaluateTrail, type Finding } from '../core/evaluate-trail.js';
import { fieldOf, isJsonObject, type JsonObject } from '../core/json-value.js';
import type { RuleParameters } from '../core/rule-parameters.js';
import { observedAtHome } from '../core/trail.js';
import type { DoctorPorts } from '../ports.js';
import {
  asSentence,
  awsCommand,
  deniedPermission,
  formatTime,
  type Outcome,
  ok,
  outcomeOf,
  type Problem,
  problem,
  quoted,
  skipped,
} from './outcome.js';
import type { Place } from './rule.js';

/** The outcome of the checks of the remediation if there is none. */
export const NO_REMEDIATION = ok('The rule has no remediation.');

const DEPLOY_DOCUMENTS =
  'Deploy the Trailkey stack in this Region, which creates the documents: docs/remediation-setup.md.';

/** Whether a document exists and is active, and its newest version is the default. */
export const checkDocument = (
  document: SsmDocument | undefined,
  { document: name, version }: Pick<RemediationConfiguration, 'document' | 'version'>,
  region: string,
): Outcome => {
  if (document === undefined) {
    return problem({
      status: 'failed',
      message: `SSM document ${name} does not exist in ${region}.`,
      nextStep: DEPLOY_DOCUMENTS,
    });
  }
  const { status, reason, defaultVersion, latestVersion } = document;
  const problems: readonly (Problem | false)[] = [
    status !== 'Active' && {
      status: status === 'Creating' || status === 'Updating' ? 'warning' : 'failed',
      message: `SSM document ${name} has the status ${status ?? 'unknown'}.${reason ? ` ${asSentence(reason)}` : ''}`,
      nextStep: DEPLOY_DOCUMENTS,
    },
    isPinned(version) &&
      version !== latestVersion && {
        status: 'failed',
        message: `The remediation starts version ${version} of SSM document ${name}, and not its newest version, ${latestVersion}.`,
        nextStep:
          'Deploy the stack or the pack again, which uses the default version: docs/remediation-setup.md.',
      },
    defaultVersion !== latestVersion && {
      status: 'failed',
      message: `SSM document ${name} runs version ${defaultVersion}, which is the default, and not its newest version, ${latestVersion}.`,
      nextStep: 'Set the newest version as the default.',
      commands: [
        awsCommand('ssm update-document-default-version', {
          name,
          'document-version': latestVersion ?? 'LATEST_VERSION',
          region,
        }),
      ],
    },
  ];
  return outcomeOf(
    problems.filter((one) => one !== false),
    `SSM document ${name} is active, and runs its newest version, ${latestVersion}.`,
  );
};

/** Whether a remediation starts a fixed version of its document. */
const isPinned = (version: string | undefined): boolean =>
  version !== undefined && version !== '$DEFAULT' && version !== '$LATEST';

/** The document that restores keys after an approval. */
export const RESTORE_KEY = 'Trailkey-RestoreKey';

/** Whether all versions of the document that restores keys have its approvers: a caller can start any version. */
export const checkApprovers = (
  content: DocumentContent | undefined,
  versions: readonly DocumentVersion[],
  region: string,
): Outcome => {
  if (content === undefined) return ok(`${RESTORE_KEY} is not deployed.`);
  if (!restrictsApprovers(content)) {
    return ok(`${RESTORE_KEY} does not restrict its approvers (the setting approvers is empty).`);
  }
  const older = versions.filter(({ isDefault }) => !isDefault).map(({ version }) => version);
  if (older.length === 0) return ok(`${RESTORE_KEY} restricts its approvers, and has no other versions.`);
  return problem({
    status: 'failed',
    message: `${RESTORE_KEY} restricts its approvers, but a caller can start another version, which can accept any approver: ${older.join(', ')}.`,
    nextStep:
      'Delete these versions. Always specify the version: without it, the command deletes the whole document.',
    commands: older.map((version) =>
      awsCommand('ssm delete-document', { name: RESTORE_KEY, 'document-version': version, region }),
    ),
  });
};

const restrictsApprovers = (content: DocumentContent): boolean =>
  fieldOf(parameterOf(content, 'Approvers'), ['allowedValues']) !== undefined;

const parametersOf = (content: DocumentContent): JsonObject => objectIn(content, 'parameters');

const parameterOf = (content: DocumentContent, name: string): JsonObject =>
  objectIn(parametersOf(content), name);

const objectIn = (object: JsonObject, name: string): JsonObject => {
  const value = fieldOf(object, [name]);
  return isJsonObject(value) ? value : {};
};

/** Whether the document accepts the parameters of the remediation, and AWS Config passes it the trail. */
export const checkRemediationParameters = (
  { document, parameters }: RemediationConfiguration,
  content: DocumentContent | undefined,
  { accountId }: Place,
): Outcome => {
  if (content === undefined) return NO_DOCUMENT;
  const names = Object.keys(parametersOf(content));
  const unknown = [...parameters.keys()].filter((name) => !names.includes(name));
  const missing = names.filter(
    (name) => !parameters.has(name) && fieldOf(parameterOf(content, name), ['default']) === undefined,
  );
  const found = [
    ...unknown.map((name) => `${document} has no parameter ${name}.`),
    ...missing.map((name) => `Parameter ${name} is not set.`),
    ...[...parameters].flatMap(([name, parameter]) =>
      valueProblems(name, parameter, parameterOf(content, name)),
    ),
    ...roleProblems(parameters.get('AutomationAssumeRole'), accountId),
    ...(parameters.get('TrailName')?.values.length
      ? ['TrailName is a fixed value, so each remediation changes this trail. It must be RESOURCE_ID.']
      : []),
  ];
  if (found.length === 0) return ok(describeRemediation(document, parameters));
  return problem(
    {
      status: 'failed',
      message: 'The parameters of the remediation are not valid, so remediations fail.',
      nextStep: 'Deploy the stack or the pack again, which sets the parameters: docs/remediation-setup.md.',
    },
    found,
  );
};

const NO_DOCUMENT = skipped('The document of the remediation does not exist.');

const describeRemediation = (document: string, parameters: RemediationConfiguration['parameters']): string =>
  isDryRun(parameters)
    ? `The remediation starts ${document} as a dry run, which changes nothing.`
    : `The remediation starts ${document}, which sets ${keyIn(parameters) ?? 'a key'} on the trail.`;

const isDryRun = (parameters: RemediationConfiguration['parameters']): boolean =>
  parameters.get('Mode')?.values[0] !== 'Apply';

const keyIn = (parameters: RemediationConfiguration['parameters']): string | undefined =>
  parameters.get('KmsKeyId')?.values[0];

const valueProblems = (
  name: string,
  { values }: RemediationParameter,
  declared: JsonObject,
): readonly string[] => {
  const allowedValues = fieldOf(declared, ['allowedValues']);
  const pattern = patternOf(fieldOf(declared, ['allowedPattern']));
  return values.flatMap((value) => {
    if (Array.isArray(allowedValues) && !allowedValues.includes(value)) {
      return [`${name} must be one of ${allowedValues.join(', ')}; received "${value}".`];
    }
    return pattern && !pattern.test(value)
      ? [`${name} does not match ${pattern.source}; received "${value}".`]
      : [];
  });
};

/** Undefined for a pattern that JavaScript does not accept. Systems Manager checks it. */
const patternOf = (text: unknown): RegExp | undefined => {
  try {
    return typeof text === 'string' ? new RegExp(text) : undefined;
  } catch {
    return undefined;
  }
};

const roleProblems = (role: RemediationParameter | undefined, accountId: string): readonly string[] =>
  (role?.values ?? [])
    .filter((arn) => parseArn(arn)?.accountId !== accountId)
    .map((arn) => `AutomationAssumeRole must be a role of account ${accountId}; received "${arn}".`);

/** Evaluates a trail in this Region that is configured with the key of the remediation. Undefined if it has no fixed key. */
export const evaluateRemediationKey = async (
  { parameters: given }: RemediationConfiguration,
  rule: RuleParameters,
  { accountId, region, partition, keys, now }: Pick<DoctorPorts, keyof Place | 'keys' | 'now'>,
): Promise<Finding | undefined> => {
  const kmsKeyId = keyIn(given);
  if (kmsKeyId === undefined) return undefined;
  // The policy of a key can allow single trails, and this one does not exist.
  const parameters: RuleParameters = { ...rule, keyVerification: 'live', checkKeyPolicy: 'false' };
  const trailARN = `arn:${partition}:cloudtrail:${region}:${accountId}:trail/trailkey-doctor`;
  return evaluateTrail(observedAtHome({ trailARN, kmsKeyId }), {
    keys: keys({ ...parameters, accountId }),
    parameters,
    now: now(),
  });
};

/** Whether the key of the remediation exists and works. A dry run without a key fails, but changes nothing. */
export const checkRemediationKey = (
  { parameters }: RemediationConfiguration,
  finding: Finding | undefined,
): Outcome => {
  if (finding === undefined) return ok('The remediation has no fixed key.');
  const { code, message, nextStep } = finding;
  if (code === 'CMK_USABLE') return ok(message);
  const permission = deniedPermission(finding);
  if (permission !== undefined) {
    return { ...ok(message), status: 'skipped', nextStep, missingPermission: permission };
  }
  return isDryRun(parameters)
    ? problem({
        status: 'warning',
        message: `${message.replace(CONSEQUENCE, '')} The remediation is a dry run, which reports this as the reason why it would not change the trail.`,
        nextStep:
          'Create a key for trails (docs/trail-key.md), or set remediation.key: docs/remediation-setup.md.',
      })
    : problem({
        status: 'failed',
        message: `${message.replace(CONSEQUENCE, '')} A remediation refuses to set this key on a trail.`,
        nextStep:
          'Restore the key, or set another one in remediation.key or RemediationKey: docs/remediation-setup.md.',
      });
};

/** The consequence for a trail that uses the key. No trail uses it here. */
const CONSEQUENCE = /, so CloudTrail cannot deliver logs(?=\.)/;

/** Whether the last remediation of each trail succeeded. A failed one no longer matters if the trail is compliant now. */
export const checkRemediationRuns = (
  runs: readonly RemediationRun[],
  findings: readonly Finding[],
  region: string,
): Outcome => {
  const compliant = new Set(
    findings.filter(({ compliance }) => compliance === 'COMPLIANT').map(({ resourceId }) => resourceId),
  );
  const failed = runs.filter(({ state, resourceId }) => state === 'FAILED' && !compliant.has(resourceId));
  if (failed.length === 0) return ok(describeRuns(runs));
  return problem(
    {
      status: 'failed',
      message: `The last remediation of ${failed.length} NON_COMPLIANT ${failed.length === 1 ? 'trail' : 'trails'} failed.`,
      nextStep:
        'Fix the reason, and choose Remediate again, or start the remediation with the first command. The last command lists all steps. See docs/remediation.md.',
      commands: [
        ...failed.map(
          ({ resourceId }) => `trailkey remediate ${quoted(resourceId)} --dry-run --region ${region}`,
        ),
        awsCommand('ssm describe-automation-executions', {
          filters: 'Key=DocumentNamePrefix,Values=Trailkey-',
          region,
        }),
      ],
    },
    failed.map(describeRun),
  );
};

const describeRuns = (runs: readonly RemediationRun[]): string => {
  const running = runs.filter(({ state }) => state === 'QUEUED' || state === 'IN_PROGRESS').length;
  if (running > 0) return `${running} ${running === 1 ? 'remediation is' : 'remediations are'} running.`;
  return runs.length === 0
    ? 'No remediation has run.'
    : 'The last remediation of no NON_COMPLIANT trail failed.';
};

const describeRun = ({ resourceId, startedAt, failedSteps }: RemediationRun): string => {
  const time = startedAt === undefined ? '' : ` at ${formatTime(startedAt)}`;
  const steps = failedSteps.map(({ name, message }) => `${name}: ${asSentence(message ?? 'no reason')}`);
  return `${resourceId}${time}: ${steps.length === 0 ? 'AWS Config reports no failed step.' : steps.join(' ')}`;
};
