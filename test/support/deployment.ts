import { doctorPorts } from '../../src/aws/deployment.js';
import { identityOf, openSession } from '../../src/aws/session.js';
import type { JsonObject } from '../../src/core/json-value.js';
import { type Diagnosis, diagnose } from '../../src/doctor/diagnose.js';
import { builtDocuments } from '../automation/documents.js';
import { type Account, account, answersFor, metadata } from './account.js';
import { ACCOUNT, KEY_ARN, NOW, REGION } from './builders.js';
import { withEnvironment } from './environment.js';
import { type Run, run, type Surroundings } from './run-check.js';
import { worldAnswers } from './run-scan.js';
import { type Answers, type Call, type Faults, startStandIn } from './stand-in.js';

/** What is deployed in an account and Region, as the APIs of AWS return it. */
export type DeploymentState = {
  account: Account;
  recorders: readonly JsonObject[];
  recorderStatuses: readonly JsonObject[];
  rules: readonly JsonObject[];
  packs: readonly JsonObject[];
  evaluation: JsonObject | undefined;
  results: readonly JsonObject[];
  remediation: JsonObject | undefined;
  runs: readonly JsonObject[] | undefined;
  documents: Readonly<Record<string, JsonObject>>;
  contents: Readonly<Record<string, object>>;
  versions: readonly string[];
  alarms: readonly JsonObject[];
  /** Undefined if the topic does not exist. */
  subscriptions: readonly JsonObject[] | undefined;
  logGroups: readonly JsonObject[];
};

const seconds = (milliseconds: number): number => milliseconds / 1000;
const HOUR = 3_600_000;
/** The time of the last evaluation and of its results. */
const EVALUATED_AT = NOW - HOUR;

export const RULE = 'cloudtrail-cmk-usable';
const RULE_FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:trailkey-config-rule`;
export const ALIAS_ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:alias/trailkey`;

const trigger = (MessageType: string, more: JsonObject = {}): JsonObject => ({
  EventSource: 'aws.config',
  MessageType,
  ...more,
});

export const rule = (overrides: JsonObject = {}): JsonObject => ({
  ConfigRuleName: RULE,
  ConfigRuleState: 'ACTIVE',
  Scope: { ComplianceResourceTypes: ['AWS::CloudTrail::Trail', 'AWS::KMS::Key'] },
  Source: source(),
  InputParameters: '{}',
  ...overrides,
});

export const TRIGGERS = {
  change: trigger('ConfigurationItemChangeNotification'),
  oversized: trigger('OversizedConfigurationItemChangeNotification'),
  schedule: trigger('ScheduledNotification', { MaximumExecutionFrequency: 'TwentyFour_Hours' }),
  snapshot: trigger('ConfigurationSnapshotDeliveryCompleted'),
} as const;

export const source = (overrides: JsonObject = {}): JsonObject => ({
  Owner: 'CUSTOM_LAMBDA',
  SourceIdentifier: RULE_FUNCTION,
  SourceDetails: [TRIGGERS.change, TRIGGERS.oversized, TRIGGERS.schedule],
  ...overrides,
});

export const recorder = (overrides: JsonObject = {}): JsonObject => ({
  name: 'default',
  recordingGroup: {
    allSupported: true,
    resourceTypes: [],
    recordingStrategy: { useOnly: 'ALL_SUPPORTED_RESOURCE_TYPES' },
  },
  recordingMode: { recordingFrequency: 'CONTINUOUS' },
  ...overrides,
});

export const recorderStatus = (overrides: JsonObject = {}): JsonObject => ({
  name: 'default',
  recording: true,
  lastStatus: 'Success',
  ...overrides,
});

export const evaluation = (overrides: JsonObject = {}): JsonObject => ({
  ConfigRuleName: RULE,
  FirstEvaluationStarted: true,
  LastSuccessfulEvaluationTime: seconds(EVALUATED_AT),
  ...overrides,
});

export const result = (
  code = 'CMK_USABLE',
  ComplianceType = 'COMPLIANT',
  ResourceId = 'audit',
): JsonObject => ({
  EvaluationResultIdentifier: {
    EvaluationResultQualifier: { ResourceType: 'AWS::CloudTrail::Trail', ResourceId },
  },
  ComplianceType,
  Annotation: `${code}: Words.`,
  ResultRecordedTime: seconds(EVALUATED_AT),
});

const fixed = (...Values: readonly string[]): JsonObject => ({ StaticValue: { Values } });

export const remediation = (parameters: JsonObject = {}, overrides: JsonObject = {}): JsonObject => ({
  ConfigRuleName: RULE,
  TargetType: 'SSM_DOCUMENT',
  TargetId: 'Trailkey-EncryptTrail',
  Automatic: false,
  Parameters: {
    AutomationAssumeRole: fixed(`arn:aws:iam::${ACCOUNT}:role/trailkey-remediation-${REGION}`),
    TrailName: { ResourceValue: { Value: 'RESOURCE_ID' } },
    KmsKeyId: fixed('alias/trailkey'),
    Mode: fixed('Apply'),
    ConfigRuleName: fixed(RULE),
    ...parameters,
  },
  ...overrides,
});

export { fixed };

export const execution = (overrides: JsonObject = {}): JsonObject => ({
  ResourceKey: { resourceType: 'AWS::CloudTrail::Trail', resourceId: 'audit' },
  State: 'FAILED',
  InvocationTime: seconds(EVALUATED_AT),
  StepDetails: [
    { Name: 'Assess', State: 'SUCCEEDED' },
    { Name: 'UpdateTrail', State: 'FAILED', ErrorMessage: 'KmsKeyNotFoundException: no key' },
  ],
  ...overrides,
});

export const document = (overrides: JsonObject = {}): JsonObject => ({
  Status: 'Active',
  DefaultVersion: '2',
  LatestVersion: '2',
  ...overrides,
});

export const pack = (overrides: JsonObject = {}): JsonObject => ({
  ConformancePackName: 'trailkey',
  ConformancePackId: 'conformance-pack-abcdefghi',
  ConformancePackState: 'CREATE_COMPLETE',
  ...overrides,
});

export const alarm = (overrides: JsonObject = {}): JsonObject => ({
  AlarmName: 'trailkey-config-rule-errors',
  StateValue: 'OK',
  ActionsEnabled: true,
  AlarmActions: [`arn:aws:sns:${REGION}:${ACCOUNT}:trailkey-notifications`],
  ...overrides,
});

export const subscription = (overrides: JsonObject = {}): JsonObject => ({
  SubscriptionArn: `arn:aws:sns:${REGION}:${ACCOUNT}:trailkey-notifications:1234`,
  Protocol: 'email',
  Endpoint: 'ann@example.com',
  ...overrides,
});

/** A deployment in which everything is as it should be, but for what is said otherwise. */
export const deployed = (overrides: Partial<DeploymentState> = {}): DeploymentState => ({
  account: account({ keys: { [KEY_ARN]: metadata(), [ALIAS_ARN]: metadata() } }),
  recorders: [recorder()],
  recorderStatuses: [recorderStatus()],
  rules: [rule()],
  packs: [],
  evaluation: evaluation(),
  results: [result()],
  remediation: remediation(),
  runs: [],
  documents: { 'Trailkey-EncryptTrail': document() },
  contents: builtDocuments(),
  versions: ['1', '2'],
  alarms: [alarm()],
  subscriptions: [subscription()],
  logGroups: [{ logGroupName: '/aws/lambda/trailkey-config-rule', retentionInDays: 30 }],
  ...overrides,
});

/** Answers as AWS would for a deployment. */
const deploymentAnswers = (of: DeploymentState): Answers => ({
  ...worldAnswers({ [ACCOUNT]: of.account }),
  DescribeConfigurationRecorders: () => ({ ConfigurationRecorders: of.recorders }),
  DescribeConfigurationRecorderStatus: () => ({ ConfigurationRecordersStatus: of.recorderStatuses }),
  // One rule on each page.
  DescribeConfigRules: ({ body }) => {
    const from = Number(body['NextToken'] ?? 0);
    const more = from + 1 < of.rules.length ? { NextToken: String(from + 1) } : {};
    return { ConfigRules: of.rules.slice(from, from + 1), ...more };
  },
  DescribeConformancePackStatus: () => ({ ConformancePackStatusDetails: of.packs }),
  DescribeConfigRuleEvaluationStatus: () =>
    of.evaluation === undefined
      ? { error: 'NoSuchConfigRuleException' }
      : { ConfigRulesEvaluationStatus: [of.evaluation] },
  GetComplianceDetailsByConfigRule: () => ({ EvaluationResults: of.results }),
  SelectResourceConfig: () => ({ Results: of.account.recorded.map((one) => JSON.stringify(one)) }),
  ListDiscoveredResources: (call) => answersFor(of.account)['ListDiscoveredResources']?.(call) ?? {},
  BatchGetResourceConfig: (call) => answersFor(of.account)['BatchGetResourceConfig']?.(call) ?? {},
  DescribeRemediationConfigurations: () => ({
    RemediationConfigurations: of.remediation === undefined ? [] : [of.remediation],
  }),
  DescribeRemediationExecutionStatus: () =>
    of.runs === undefined
      ? { error: 'NoSuchRemediationConfigurationException' }
      : { RemediationExecutionStatuses: of.runs },
  DescribeDocument: ({ body }) => {
    const Document = of.documents[body['Name']];
    return Document === undefined ? { error: 'InvalidDocument' } : { Document };
  },
  GetDocument: ({ body }) => {
    const content = of.contents[body['Name']];
    return content === undefined ? { error: 'InvalidDocument' } : { Content: JSON.stringify(content) };
  },
  ListDocumentVersions: () => ({
    // The last one is the default.
    DocumentVersions: of.versions.map((DocumentVersion, index) => ({
      DocumentVersion,
      IsDefaultVersion: index === of.versions.length - 1,
    })),
  }),
  DescribeAlarms: () => ({ MetricAlarms: of.alarms }),
  ListSubscriptionsByTopic: () =>
    of.subscriptions === undefined
      ? { error: 'NotFound', status: 404, message: 'Topic does not exist' }
      : { Subscriptions: of.subscriptions },
  DescribeLogGroups: () => ({ logGroups: of.logGroups }),
});

/** The result of a run: also the calls that it made. */
export type DoctorRun = Run & { readonly calls: readonly Call[] };

type Play = Surroundings & { readonly faults?: Faults };

/** Runs `trailkey doctor` in this process against a deployment that a stand-in plays. */
export const runDoctor = async (
  args: readonly string[],
  state: DeploymentState = deployed(),
  { faults, ...surroundings }: Play = {},
): Promise<DoctorRun> => {
  const standIn = await startStandIn(() => deploymentAnswers(state), faults);
  const given = { AWS_ENDPOINT_URL: standIn.url, ...surroundings.env };
  try {
    const result = await withEnvironment(given, (env) => run(['doctor', ...args], { ...surroundings, env }));
    return { ...result, calls: standIn.calls };
  } finally {
    await standIn.close();
  }
};

/** The checks of doctor against one stand-in, whose deployment and faults each diagnosis sets. */
export type DoctorBench = {
  readonly diagnose: (state: DeploymentState, faults: Faults) => Promise<Diagnosis>;
  readonly close: () => Promise<void>;
};

/** Opens a session once, so that a diagnosis takes no longer than its requests. */
export const startDoctor = async (): Promise<DoctorBench> => {
  let current: { readonly state: DeploymentState; readonly faults: Faults } = {
    state: deployed(),
    faults: () => undefined,
  };
  const standIn = await startStandIn(
    () => deploymentAnswers(current.state),
    (call, earlier) => current.faults(call, earlier),
  );
  const inEnvironment = <T>(work: (env: Readonly<Record<string, string>>) => Promise<T>): Promise<T> =>
    withEnvironment({ AWS_ENDPOINT_URL: standIn.url }, work);
  const ports = await inEnvironment(async (env) => {
    const session = await openSession({ env, signal: new AbortController().signal, observer: {} });
    return doctorPorts(session, await identityOf(session), () => NOW);
  });
  return {
    diagnose: (state, faults) => {
      current = { state, faults };
      return inEnvironment(() => diagnose(ports));
    },
    close: standIn.close,
  };
};
