import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckId } from '../../src/doctor/diagnose.js';
import { builtDocuments } from '../automation/documents.js';
import { account, liveTrail, metadata } from '../support/account.js';
import { ACCOUNT, DAY, KEY_ARN, NOW, OTHER_ACCOUNT, REGION } from '../support/builders.js';
import {
  ALIAS_ARN,
  alarm,
  type DeploymentState,
  type DoctorBench,
  deployed,
  document,
  evaluation,
  execution,
  fixed,
  pack,
  RULE,
  recorder,
  recorderStatus,
  remediation,
  result,
  rule,
  source,
  startDoctor,
  subscription,
  TRIGGERS,
} from '../support/deployment.js';
import type { Fault } from '../support/stand-in.js';

type Case = {
  readonly state: string;
  readonly deployment?: Partial<DeploymentState>;
  readonly faults?: Readonly<Record<string, Fault>>;
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped';
  /** What the message, the next step and the details contain. */
  readonly texts?: readonly string[];
};

let doctor: DoctorBench;
beforeAll(async () => {
  doctor = await startDoctor();
});
afterAll(() => doctor.close());

/** Tests a check in each of its states. */
const states = (id: CheckId, cases: readonly Case[]): void => {
  describe(`the check ${id}`, () => {
    it.each(cases)('is $status if $state', async (one) => {
      const { deployment = {}, faults = {} } = one;

      const { outcomes } = await doctor.diagnose(deployed(deployment), ({ operation }) => faults[operation]);
      const check = outcomes[id];

      const text = [check.message, check.nextStep, ...check.commands, ...check.details].join('\n');
      expect({ status: check.status, text }).toEqual({ status: one.status, text });
      for (const part of one.texts ?? []) expect(text).toContain(part);
      if (one.status === 'warning' || one.status === 'failed') expect(check.nextStep).not.toBeNull();
      if (one.status === 'ok') expect(check.nextStep).toBeNull();
    });
  });
};

const group = (recordingGroup: object | undefined) => ({ recorders: [recorder({ recordingGroup })] });
const mode = (recordingMode: object | undefined) => ({ recorders: [recorder({ recordingMode })] });
const TRAIL = 'AWS::CloudTrail::Trail';
const KEY = 'AWS::KMS::Key';

states('recorder', [
  { state: 'there is none', deployment: { recorderStatuses: [] }, status: 'failed', texts: [REGION] },
  {
    state: 'it is stopped',
    deployment: { recorderStatuses: [recorderStatus({ recording: false })] },
    status: 'failed',
    texts: ['start-configuration-recorder --configuration-recorder-name default'],
  },
  {
    state: 'it is stopped, and a shell would interpret its name',
    deployment: { recorderStatuses: [recorderStatus({ recording: false, name: "the account's" })] },
    status: 'failed',
    texts: ["--configuration-recorder-name 'the account'\\''s'"],
  },
  {
    state: 'its last delivery failed',
    deployment: {
      recorderStatuses: [
        recorderStatus({
          lastStatus: 'Failure',
          lastErrorCode: 'AccessDenied',
          lastErrorMessage: 'no bucket',
        }),
      ],
    },
    status: 'failed',
    texts: ['(AccessDenied: no bucket)', 'describe-delivery-channel-status'],
  },
  {
    state: 'it has not delivered yet',
    deployment: { recorderStatuses: [recorderStatus({ lastStatus: 'Pending' })] },
    status: 'warning',
  },
  {
    state: 'only another service has one',
    deployment: {
      recorderStatuses: [recorderStatus({ servicePrincipal: 'config-service.amazonaws.com' })],
    },
    status: 'failed',
  },
  { state: 'it is recording', status: 'ok' },
  {
    state: 'its status may not be read',
    faults: { DescribeConfigurationRecorderStatus: 'denied' },
    status: 'skipped',
    texts: ['config:DescribeConfigurationRecorderStatus', 'docs/policies/doctor.json'],
  },
]);

states('recorded-types', [
  { state: 'there is no recorder', deployment: { recorders: [] }, status: 'skipped' },
  {
    state: 'only another service has a recorder',
    deployment: { recorders: [recorder({ servicePrincipal: 'securityhub.amazonaws.com' })] },
    status: 'skipped',
  },
  { state: 'there is no recording group', deployment: group(undefined), status: 'ok' },
  {
    state: 'all types are supported, without a strategy',
    deployment: group({ allSupported: true }),
    status: 'ok',
  },
  {
    state: 'the strategy includes both types',
    deployment: group({
      resourceTypes: [TRAIL, KEY],
      recordingStrategy: { useOnly: 'INCLUSION_BY_RESOURCE_TYPES' },
    }),
    status: 'ok',
  },
  {
    state: 'the strategy does not include trails',
    deployment: group({
      resourceTypes: [KEY],
      recordingStrategy: { useOnly: 'INCLUSION_BY_RESOURCE_TYPES' },
    }),
    status: 'failed',
    texts: [TRAIL],
  },
  {
    state: 'the strategy excludes keys',
    deployment: group({
      exclusionByResourceTypes: { resourceTypes: [KEY] },
      recordingStrategy: { useOnly: 'EXCLUSION_BY_RESOURCE_TYPES' },
    }),
    status: 'warning',
    texts: [KEY],
  },
  {
    state: 'the strategy excludes other types',
    deployment: group({
      exclusionByResourceTypes: { resourceTypes: ['AWS::S3::Bucket'] },
      recordingStrategy: { useOnly: 'EXCLUSION_BY_RESOURCE_TYPES' },
    }),
    status: 'ok',
  },
  {
    state: 'a list without a strategy does not contain them',
    deployment: group({ allSupported: false, resourceTypes: ['AWS::S3::Bucket'] }),
    status: 'failed',
    texts: [TRAIL, KEY],
  },
  {
    state: 'a list without a strategy contains them',
    deployment: group({ allSupported: false, resourceTypes: [TRAIL, KEY] }),
    status: 'ok',
  },
  {
    state: 'exclusions without a strategy contain keys',
    deployment: group({ allSupported: false, exclusionByResourceTypes: { resourceTypes: [KEY] } }),
    status: 'warning',
  },
  {
    state: 'the recorder may not be read',
    faults: { DescribeConfigurationRecorders: 'denied' },
    status: 'skipped',
    texts: ['config:DescribeConfigurationRecorders'],
  },
]);

states('recording-frequency', [
  { state: 'there is no recorder', deployment: { recorders: [] }, status: 'skipped' },
  { state: 'there is no recording mode', deployment: mode(undefined), status: 'ok' },
  {
    state: 'all types are recorded daily',
    deployment: mode({ recordingFrequency: 'DAILY' }),
    status: 'warning',
    texts: [`${TRAIL} and ${KEY} are recorded daily`],
  },
  {
    state: 'an override records keys daily',
    deployment: mode({
      recordingFrequency: 'CONTINUOUS',
      recordingModeOverrides: [{ resourceTypes: [KEY], recordingFrequency: 'DAILY' }],
    }),
    status: 'warning',
    texts: [`${KEY} is recorded daily`],
  },
  {
    state: 'an override records both continuously',
    deployment: mode({
      recordingFrequency: 'DAILY',
      recordingModeOverrides: [
        { resourceTypes: ['AWS::S3::Bucket'], recordingFrequency: 'DAILY' },
        { resourceTypes: [TRAIL, KEY], recordingFrequency: 'CONTINUOUS' },
      ],
    }),
    status: 'ok',
  },
]);

const PACK_RULE = `${RULE}-conformance-pack-abcdefghi`;
const packRule = () => rule({ ConfigRuleName: PACK_RULE, CreatedBy: 'config-conforms.amazonaws.com' });

states('rule', [
  {
    state: 'there is none',
    deployment: { rules: [rule({ ConfigRuleName: 'other' })] },
    status: 'failed',
    texts: ['docs/deploy-account.md'],
  },
  {
    state: 'the stack and a pack have one',
    deployment: { rules: [packRule(), rule({ ConfigRuleName: 'other' }), rule()] },
    status: 'failed',
    texts: ['2 rules', `about ${RULE}.`, `${PACK_RULE}: ACTIVE`],
  },
  { state: 'it is a rule of a pack', deployment: { rules: [packRule()] }, status: 'ok', texts: [PACK_RULE] },
  {
    state: 'it is being evaluated',
    deployment: { rules: [rule({ ConfigRuleState: 'EVALUATING' })] },
    status: 'ok',
  },
  {
    state: 'it is being deleted',
    deployment: { rules: [rule({ ConfigRuleState: 'DELETING' })] },
    status: 'failed',
    texts: ['DELETING'],
  },
  {
    state: 'its results are being deleted',
    deployment: { rules: [rule({ ConfigRuleState: 'DELETING_RESULTS' })] },
    status: 'failed',
  },
  {
    state: 'it is a managed rule',
    deployment: { rules: [rule({ Source: source({ Owner: 'AWS' }) })] },
    status: 'failed',
    texts: ['its owner is AWS'],
  },
  {
    state: 'rules may not be read',
    faults: { DescribeConfigRules: 'denied' },
    status: 'skipped',
    texts: ['config:DescribeConfigRules'],
  },
]);

const sourceArn = (SourceIdentifier: string | undefined) => ({
  rules: [rule({ Source: source({ SourceIdentifier }) })],
});

states('function', [
  { state: 'there is no rule', deployment: { rules: [] }, status: 'skipped' },
  { state: 'the source is empty', deployment: sourceArn(undefined), status: 'failed', texts: ['empty'] },
  {
    state: 'the source is a managed rule',
    deployment: sourceArn('CLOUD_TRAIL_ENCRYPTION_ENABLED'),
    status: 'failed',
  },
  {
    state: 'the function is in another account',
    deployment: sourceArn(`arn:aws:lambda:${REGION}:${OTHER_ACCOUNT}:function:trailkey-config-rule`),
    status: 'failed',
    texts: [OTHER_ACCOUNT],
  },
  {
    state: 'the function is in another Region',
    deployment: sourceArn(`arn:aws:lambda:us-east-1:${ACCOUNT}:function:trailkey-config-rule`),
    status: 'failed',
    texts: ['us-east-1'],
  },
  {
    state: 'the ARN ends in $LATEST',
    deployment: sourceArn(`arn:aws:lambda:${REGION}:${ACCOUNT}:function:trailkey-config-rule:$LATEST`),
    status: 'failed',
    texts: ['$LATEST'],
  },
  { state: 'it is the function of the stack', status: 'ok', texts: ['trailkey-config-rule'] },
]);

const scope = (Scope: object | undefined, more: object = {}) => ({ rules: [rule({ Scope, ...more })] });

states('scope', [
  { state: 'there is none', deployment: scope(undefined), status: 'warning', texts: ['any resource'] },
  {
    state: 'it is a tag',
    deployment: scope({ TagKey: 'team' }),
    status: 'failed',
    texts: ['a tag or a single resource'],
  },
  {
    state: 'it is a single trail',
    deployment: scope({ ComplianceResourceTypes: [TRAIL], ComplianceResourceId: 'audit' }),
    status: 'failed',
  },
  {
    state: 'it does not contain trails',
    deployment: scope({ ComplianceResourceTypes: [KEY] }),
    status: 'failed',
  },
  {
    state: 'it contains other types',
    deployment: scope({ ComplianceResourceTypes: [TRAIL, KEY, 'AWS::S3::Bucket'] }),
    status: 'warning',
    texts: ['AWS::S3::Bucket'],
  },
  {
    state: 'the rule is also proactive',
    deployment: scope(
      { ComplianceResourceTypes: [TRAIL] },
      { EvaluationModes: [{ Mode: 'DETECTIVE' }, { Mode: 'PROACTIVE' }] },
    ),
    status: 'warning',
    texts: ['proactive'],
  },
  {
    state: 'it contains only trails',
    deployment: scope({ ComplianceResourceTypes: [TRAIL] }),
    status: 'ok',
    texts: ['watchKeys is false'],
  },
]);

const triggers = (...SourceDetails: readonly object[]) => ({
  rules: [rule({ Source: source({ SourceDetails }) })],
});

states('triggers', [
  {
    state: 'there is no schedule',
    deployment: triggers(TRIGGERS.change, TRIGGERS.oversized),
    status: 'failed',
  },
  { state: 'there is only a schedule', deployment: triggers(TRIGGERS.schedule), status: 'warning' },
  {
    state: 'oversized changes are missing',
    deployment: triggers(TRIGGERS.change, TRIGGERS.schedule),
    status: 'warning',
    texts: ['Oversized'],
  },
  {
    state: 'the schedule is every hour',
    deployment: triggers(TRIGGERS.change, TRIGGERS.oversized, {
      ...TRIGGERS.schedule,
      MaximumExecutionFrequency: 'One_Hour',
    }),
    status: 'ok',
    texts: ['every hour'],
  },
  {
    state: 'the schedule has the default frequency',
    deployment: triggers(TRIGGERS.change, TRIGGERS.oversized, {
      ...TRIGGERS.schedule,
      MaximumExecutionFrequency: undefined,
    }),
    status: 'ok',
    texts: ['every 24 hours'],
  },
  {
    state: 'snapshots are the schedule',
    deployment: triggers(TRIGGERS.change, TRIGGERS.oversized, TRIGGERS.snapshot),
    status: 'ok',
    texts: ['snapshot'],
  },
]);

const parameters = (InputParameters: string | undefined) => ({ rules: [rule({ InputParameters })] });

states('parameters', [
  { state: 'there are none', deployment: parameters(undefined), status: 'ok', texts: ['no parameters'] },
  {
    state: 'they are valid',
    deployment: parameters('{"checkKeyPolicy":"true"}'),
    status: 'ok',
    texts: ['true'],
  },
  {
    state: 'the rule rejects them',
    deployment: parameters('{"checkKeyPolicy":"yes","kmsKeyArn":"x"}'),
    status: 'failed',
    texts: ['checkKeyPolicy must be', 'Unknown parameter "kmsKeyArn"', 'docs/parameters.md'],
  },
  { state: 'they are not JSON', deployment: parameters('{'), status: 'failed' },
]);

states('conformance-pack', [
  { state: 'the rule comes from the stack', deployment: { packs: [pack()] }, status: 'ok' },
  {
    state: 'its pack is deployed',
    deployment: {
      rules: [packRule()],
      packs: [pack({ ConformancePackId: 'conformance-pack-other' }), pack()],
    },
    status: 'ok',
    texts: ['pack trailkey is deployed'],
  },
  {
    state: 'its pack could not be created',
    deployment: {
      rules: [packRule()],
      packs: [pack({ ConformancePackState: 'CREATE_FAILED', ConformancePackStatusReason: 'No function' })],
    },
    status: 'failed',
    texts: ['CREATE_FAILED. No function.'],
  },
  {
    state: 'its pack is being created',
    deployment: { rules: [packRule()], packs: [pack({ ConformancePackState: 'CREATE_IN_PROGRESS' })] },
    status: 'warning',
  },
  { state: 'its pack does not exist', deployment: { rules: [packRule()] }, status: 'warning' },
  {
    state: 'there is no rule, and a pack could not be created',
    deployment: { rules: [], packs: [pack({ ConformancePackState: 'CREATE_FAILED' })] },
    status: 'warning',
    texts: ['trailkey: no reason'],
  },
  { state: 'there is no rule and no failed pack', deployment: { rules: [] }, status: 'skipped' },
  {
    state: 'packs may not be read',
    faults: { DescribeConformancePackStatus: 'denied' },
    status: 'skipped',
    texts: ['config:DescribeConformancePackStatus'],
  },
]);

const failure = (LastErrorCode: string | undefined, LastErrorMessage?: string) => ({
  evaluation: evaluation({
    LastFailedEvaluationTime: (NOW - 1000) / 1000,
    ...(LastErrorCode && { LastErrorCode }),
    ...(LastErrorMessage && { LastErrorMessage }),
  }),
});

states('evaluation', [
  { state: 'there was none', deployment: { evaluation: undefined }, status: 'warning', texts: ['never'] },
  {
    state: 'there was none since the rule was created',
    deployment: { evaluation: { ConfigRuleName: RULE, FirstEvaluationStarted: false } },
    status: 'warning',
    texts: [`start-config-rules-evaluation --config-rule-names ${RULE} --region ${REGION}`],
  },
  { state: 'the last one succeeded', status: 'ok', texts: ['2026-01-05T11:00:00Z'] },
  {
    state: 'an earlier one failed',
    deployment: { evaluation: evaluation({ LastFailedEvaluationTime: (NOW - DAY) / 1000 }) },
    status: 'ok',
    texts: ['The last failure was earlier, at 2026-01-04T12:00:00Z'],
  },
  {
    state: 'the last one is as old as twice the schedule',
    deployment: { evaluation: evaluation({ LastSuccessfulEvaluationTime: (NOW - 2 * DAY) / 1000 }) },
    status: 'ok',
  },
  {
    state: 'the last one is older than twice the schedule',
    deployment: { evaluation: evaluation({ LastSuccessfulEvaluationTime: (NOW - 2 * DAY) / 1000 - 1 }) },
    status: 'warning',
    texts: ['twice the schedule of 24 h'],
  },
  {
    state: 'there is no schedule',
    deployment: {
      ...triggers(TRIGGERS.change),
      evaluation: evaluation({ LastSuccessfulEvaluationTime: (NOW - 30 * DAY) / 1000 }),
    },
    status: 'ok',
  },
  {
    state: 'the only one failed, when the function was invoked',
    deployment: {
      evaluation: { ConfigRuleName: RULE, LastFailedInvocationTime: NOW / 1000, LastErrorCode: 'Unknown' },
    },
    status: 'failed',
    texts: ['ended with an error (Unknown)', 'No evaluation has succeeded', 'aws logs filter-log-events'],
  },
  { state: 'it failed without an error', deployment: failure(undefined), status: 'failed' },
  {
    state: 'a permission is missing',
    deployment: failure('AccessDeniedException', 'User is not authorized to perform kms:DescribeKey'),
    status: 'failed',
    texts: ['missing a permission (AccessDeniedException', 'docs/permissions.md'],
  },
  {
    state: 'AWS Config may not invoke the function',
    deployment: failure('InsufficientPermissionsException', 'The function cannot be invoked.'),
    status: 'failed',
    texts: ['AWS Config may not invoke function trailkey-config-rule'],
  },
  {
    state: 'the function timed out',
    deployment: failure('Lambda', 'Task timed out after 60.00 seconds'),
    status: 'failed',
    texts: ['did not end in time'],
  },
  {
    state: 'requests were throttled',
    deployment: failure('TooManyRequestsException', 'Rate exceeded'),
    status: 'failed',
    texts: ['limited the number of requests', 'watchKeys'],
  },
  {
    state: 'the function was deleted',
    deployment: failure('ResourceNotFoundException', 'Function not found: trailkey-config-rule'),
    status: 'failed',
    texts: ['function trailkey-config-rule does not exist', 'docs/deploy-account.md'],
  },
  {
    state: 'the rule rejects its parameters',
    deployment: failure('RuleParametersError', 'The rule parameters are not valid: x.'),
    status: 'failed',
    texts: ['docs/parameters.md'],
  },
  {
    state: 'the status may not be read',
    faults: { DescribeConfigRuleEvaluationStatus: 'denied' },
    status: 'skipped',
    texts: ['config:DescribeConfigRuleEvaluationStatus'],
  },
]);

const OTHER_TRAIL = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/second`;
const keys = { [KEY_ARN]: metadata(), [ALIAS_ARN]: metadata() };
const withAccount = (overrides: Parameters<typeof account>[0]) => account({ keys, ...overrides });
const disabled = { [KEY_ARN]: metadata({ KeyState: 'Disabled' }), [ALIAS_ARN]: metadata() };

states('results', [
  { state: 'they are those of an evaluation now', status: 'ok' },
  {
    state: 'there are several, all the same',
    deployment: {
      account: withAccount({ trails: [liveTrail(), liveTrail({ Name: 'second', TrailARN: OTHER_TRAIL })] }),
      results: [result(), result('CMK_USABLE', 'COMPLIANT', 'second')],
    },
    status: 'ok',
    texts: ['results of 2 trails'],
  },
  {
    state: 'there is no trail and no result',
    deployment: { account: withAccount({ trails: [], recorded: [] }), results: [] },
    status: 'ok',
    texts: ['No trail is evaluated'],
  },
  {
    state: 'a trail has none',
    deployment: { results: [] },
    status: 'failed',
    texts: ['1 of 1 results', 'missing: audit is COMPLIANT (CMK_USABLE), and has no result.'],
  },
  {
    state: 'one has another compliance type',
    deployment: { account: withAccount({ keys: disabled }) },
    status: 'failed',
    texts: [
      'different: audit is NON_COMPLIANT (KEY_DISABLED). The result of 2026-01-05T11:00:00Z is COMPLIANT (CMK_USABLE).',
      'start-config-rules-evaluation',
    ],
  },
  {
    state: 'one has another verdict',
    deployment: {
      account: withAccount({ keys: disabled }),
      results: [{ ...result('NO_KMS_KEY', 'NON_COMPLIANT'), ResultRecordedTime: undefined }],
    },
    status: 'failed',
    texts: ['The result of an unknown time is NON_COMPLIANT (NO_KMS_KEY).'],
  },
  {
    state: 'one is not from Trailkey',
    deployment: { results: [{ ...result(), Annotation: undefined }] },
    status: 'failed',
    texts: ['(without a verdict)'],
  },
  {
    state: 'one is for a trail that no longer exists',
    deployment: { results: [result(), result('NO_KMS_KEY', 'NON_COMPLIANT', 'former')] },
    status: 'failed',
    texts: ['1 of 2 results', 'stale: former does not exist'],
  },
  {
    state: 'one is for a shadow trail',
    deployment: {
      account: withAccount({
        trails: [
          liveTrail({
            HomeRegion: 'us-east-1',
            TrailARN: `arn:aws:cloudtrail:us-east-1:${ACCOUNT}:trail/audit`,
          }),
        ],
        recorded: [],
      }),
    },
    status: 'failed',
    texts: ['stale: audit'],
  },
  {
    state: 'one is for another resource type',
    deployment: {
      results: [
        result(),
        {
          EvaluationResultIdentifier: {
            EvaluationResultQualifier: { ResourceType: KEY, ResourceId: 'x' },
          },
          ComplianceType: 'COMPLIANT',
        },
        { ComplianceType: 'COMPLIANT' },
      ],
    },
    status: 'ok',
  },
  {
    state: 'the caller may not look up a key',
    faults: { DescribeKey: 'denied' },
    status: 'skipped',
    texts: ['1 of 1 trails could not be compared', 'not compared: audit: kms:DescribeKey is denied'],
  },
  {
    state: 'the rule may not look up a key either',
    deployment: { results: [result('KEY_UNVERIFIABLE', 'NON_COMPLIANT')] },
    faults: { DescribeKey: 'denied' },
    status: 'ok',
  },
  {
    state: 'the caller may not read a key policy',
    deployment: {
      ...parameters('{"checkKeyPolicy":"true"}'),
      results: [result('KEY_POLICY_OPEN', 'NON_COMPLIANT')],
    },
    status: 'skipped',
    texts: ['kms:GetKeyPolicy'],
  },
  {
    state: 'a key cannot be looked up at the moment',
    faults: { DescribeKey: { error: 'InvalidStateException' } },
    status: 'skipped',
    texts: ['InvalidStateException', 'Run the command again.'],
  },
  { state: 'the parameters are not valid', deployment: parameters('{'), status: 'skipped' },
  {
    state: 'trails may not be read',
    faults: { DescribeTrails: 'denied' },
    status: 'skipped',
    texts: ['cloudtrail:DescribeTrails'],
  },
  {
    state: 'recorded trails may not be read',
    faults: { SelectResourceConfig: 'denied' },
    status: 'skipped',
    texts: ['config:SelectResourceConfig'],
  },
  {
    state: 'results may not be read',
    faults: { GetComplianceDetailsByConfigRule: 'denied' },
    status: 'skipped',
    texts: ['config:GetComplianceDetailsByConfigRule'],
  },
  {
    state: 'the rule was deleted in the meantime',
    faults: { GetComplianceDetailsByConfigRule: { error: 'NoSuchConfigRuleException' } },
    status: 'skipped',
    texts: ['NoSuchConfigRuleException'],
  },
]);

const documentState = (overrides: object) => ({
  documents: { 'Trailkey-EncryptTrail': document({ ...overrides }) },
});

const remediated = (...given: Parameters<typeof remediation>) => ({ remediation: remediation(...given) });
/** Its document contains the role. */
const ofOrganization = remediated(
  { AutomationAssumeRole: undefined },
  { TargetId: 'Trailkey-EncryptTrail-Organization' },
);

states('document', [
  { state: 'there is no rule', deployment: { rules: [] }, status: 'skipped' },
  { state: 'there is no remediation', deployment: { remediation: undefined }, status: 'ok' },
  { state: 'it does not exist', deployment: { documents: {} }, status: 'failed', texts: ['does not exist'] },
  {
    state: 'it could not be created',
    deployment: documentState({ Status: 'Failed', StatusInformation: 'Too large' }),
    status: 'failed',
    texts: ['Failed. Too large.'],
  },
  { state: 'it is being created', deployment: documentState({ Status: 'Creating' }), status: 'warning' },
  { state: 'it has no status', deployment: documentState({ Status: undefined }), status: 'failed' },
  {
    state: 'its default version is not the newest',
    deployment: documentState({ DefaultVersion: '1' }),
    status: 'failed',
    texts: ['update-document-default-version --name Trailkey-EncryptTrail --document-version 2'],
  },
  { state: 'it is active', status: 'ok' },
  {
    state: 'the remediation starts an older version',
    deployment: remediated({}, { TargetVersion: '1' }),
    status: 'failed',
    texts: ['starts version 1 of SSM document Trailkey-EncryptTrail, and not its newest version, 2.'],
  },
  {
    state: 'the remediation starts the newest version by its number',
    deployment: remediated({}, { TargetVersion: '2' }),
    status: 'ok',
  },
  {
    state: 'the remediation starts the default version by its name',
    deployment: remediated({}, { TargetVersion: '$DEFAULT' }),
    status: 'ok',
  },
  {
    state: 'it is the document for organizations',
    deployment: { ...ofOrganization, documents: { 'Trailkey-EncryptTrail-Organization': document() } },
    status: 'ok',
  },
  {
    state: 'the remediation may not be read',
    faults: { DescribeRemediationConfigurations: 'denied' },
    status: 'skipped',
    texts: ['config:DescribeRemediationConfigurations'],
  },
  {
    state: 'documents may not be read',
    faults: { DescribeDocument: 'denied' },
    status: 'skipped',
    texts: ['ssm:DescribeDocument'],
  },
]);

states('remediation-parameters', [
  { state: 'they are those of the stack', status: 'ok', texts: ['sets alias/trailkey on the trail'] },
  {
    state: 'they are those of a dry run',
    deployment: remediated({ Mode: fixed('DryRun') }),
    status: 'ok',
    texts: ['dry run'],
  },
  { state: 'they are those of the pack of an organization', deployment: ofOrganization, status: 'ok' },
  {
    state: 'the key is a value of the resource',
    deployment: remediated({ KmsKeyId: { ResourceValue: { Value: 'RESOURCE_ID' } } }),
    status: 'ok',
  },
  {
    state: 'one is unknown',
    deployment: remediated({ Keys: fixed('x') }),
    status: 'failed',
    texts: ['Trailkey-EncryptTrail has no parameter Keys.'],
  },
  {
    state: 'a required one is missing',
    deployment: { remediation: { ...remediation(), Parameters: {} } },
    status: 'failed',
    texts: ['TrailName is not set', 'KmsKeyId is not set', 'AutomationAssumeRole is not set'],
  },
  {
    state: 'one does not match its pattern',
    deployment: remediated({ KmsKeyId: fixed('key') }),
    status: 'failed',
    texts: ['KmsKeyId does not match', 'received "key"'],
  },
  {
    state: 'one is not an allowed value',
    deployment: remediated({ Mode: fixed('apply') }),
    status: 'failed',
    texts: ['Mode must be one of DryRun, Apply; received "apply".'],
  },
  {
    state: 'the role is in another account',
    deployment: remediated({ AutomationAssumeRole: fixed(`arn:aws:iam::${OTHER_ACCOUNT}:role/x`) }),
    status: 'failed',
    texts: [`must be a role of account ${ACCOUNT}`],
  },
  {
    state: 'the trail is fixed',
    deployment: remediated({ TrailName: fixed('audit') }),
    status: 'failed',
    texts: ['RESOURCE_ID'],
  },
  {
    state: 'a pattern is not valid in JavaScript',
    deployment: {
      contents: {
        'Trailkey-EncryptTrail': {
          parameters: {
            KmsKeyId: { allowedPattern: '(?i' },
            TrailName: {},
            Mode: {},
            AutomationAssumeRole: {},
            ConfigRuleName: {},
          },
        },
      },
    },
    status: 'ok',
  },
  {
    state: 'the document has no parameters',
    deployment: { contents: { 'Trailkey-EncryptTrail': {} } },
    status: 'failed',
  },
  { state: 'the document does not exist', deployment: { contents: {} }, status: 'skipped' },
  {
    state: 'the content may not be read',
    faults: { GetDocument: 'denied' },
    status: 'skipped',
    texts: ['ssm:GetDocument'],
  },
]);

const keyState = (KeyState: string) => ({
  account: account({ keys: { [KEY_ARN]: metadata(), [ALIAS_ARN]: metadata({ KeyState }) } }),
});
const withoutAlias = { account: account({ keys: { [KEY_ARN]: metadata() } }) };

states('remediation-key', [
  { state: 'it works', status: 'ok' },
  {
    state: 'it is disabled',
    deployment: keyState('Disabled'),
    status: 'failed',
    texts: ['is disabled. A remediation refuses'],
  },
  {
    state: 'it does not exist',
    deployment: withoutAlias,
    status: 'failed',
    texts: ['alias/trailkey does not exist. A remediation'],
  },
  {
    state: 'it does not exist, in a dry run',
    deployment: { ...withoutAlias, ...remediated({ Mode: fixed('DryRun') }) },
    status: 'warning',
    texts: ['docs/trail-key.md'],
  },
  {
    state: 'the rule does not allow it',
    deployment: parameters(
      `{"kmsKeyArns":"arn:aws:kms:${REGION}:${ACCOUNT}:key/11111111-1111-4111-8111-111111111111"}`,
    ),
    status: 'failed',
    texts: ['kmsKeyArns'],
  },
  {
    state: 'it is a value of the resource',
    deployment: remediated({ KmsKeyId: { ResourceValue: { Value: 'RESOURCE_ID' } } }),
    status: 'ok',
  },
  { state: 'there is no remediation', deployment: { remediation: undefined }, status: 'ok' },
  { state: 'the rule parameters are not valid', deployment: parameters('{'), status: 'skipped' },
  {
    state: 'it may not be looked up',
    faults: { DescribeKey: 'denied' },
    status: 'skipped',
    texts: ['kms:DescribeKey'],
  },
  {
    state: 'it cannot be looked up at the moment',
    faults: { DescribeKey: { error: 'InvalidStateException' } },
    status: 'skipped',
  },
]);

const noncompliant = { account: withAccount({ keys: disabled }) };

states('remediation-runs', [
  { state: 'there were none', status: 'ok', texts: ['No remediation has run.'] },
  { state: 'the remediation does not exist yet', deployment: { runs: undefined }, status: 'ok' },
  {
    state: 'one failed',
    deployment: { ...noncompliant, runs: [execution()] },
    status: 'failed',
    texts: [
      'audit at 2026-01-05T11:00:00Z: UpdateTrail: KmsKeyNotFoundException: no key.',
      `trailkey remediate audit --dry-run --region ${REGION}`,
      'describe-automation-executions',
    ],
  },
  {
    state: 'several failed, without a reason',
    deployment: {
      ...noncompliant,
      runs: [
        execution({ StepDetails: undefined, InvocationTime: undefined }),
        execution({ StepDetails: [{ Name: 'Assess', State: 'FAILED' }] }),
      ],
    },
    status: 'failed',
    texts: ['audit: AWS Config reports no failed step.', 'Assess: no reason.', '2 NON_COMPLIANT trails'],
  },
  { state: 'one failed, and the trail is compliant now', deployment: { runs: [execution()] }, status: 'ok' },
  {
    state: 'one is running',
    deployment: { runs: [execution({ State: 'IN_PROGRESS' })] },
    status: 'ok',
    texts: ['1 remediation is running'],
  },
  {
    state: 'several are running',
    deployment: { runs: [execution({ State: 'QUEUED' }), execution({ State: 'IN_PROGRESS' })] },
    status: 'ok',
    texts: ['2 remediations are running'],
  },
  {
    state: 'one failed, and trails may not be read',
    deployment: { runs: [execution()] },
    faults: { DescribeTrails: 'denied' },
    status: 'failed',
  },
  {
    state: 'they may not be read',
    faults: { DescribeRemediationExecutionStatus: 'denied' },
    status: 'skipped',
    texts: ['config:DescribeRemediationExecutionStatus'],
  },
]);

const approvers = { contents: builtDocuments(['arn:aws:iam::111122223333:role/security']) };

states('approvers', [
  { state: 'approvers is not set', status: 'ok', texts: ['approvers is empty'] },
  { state: 'the document is not deployed', deployment: { contents: {}, versions: [] }, status: 'ok' },
  {
    state: 'approvers is set, and there is one version',
    deployment: { ...approvers, versions: ['3'] },
    status: 'ok',
  },
  {
    state: 'approvers is set, and older versions exist',
    deployment: { ...approvers, versions: ['1', '2', '3'] },
    status: 'failed',
    texts: [
      'another version, which can accept any approver: 1, 2.',
      `aws ssm delete-document --name Trailkey-RestoreKey --document-version 2 --region ${REGION}`,
    ],
  },
  {
    state: 'versions may not be listed',
    deployment: approvers,
    faults: { ListDocumentVersions: 'denied' },
    status: 'skipped',
    texts: ['ssm:ListDocumentVersions'],
  },
  {
    state: 'the document does not exist any more',
    faults: { ListDocumentVersions: { error: 'InvalidDocument' } },
    status: 'ok',
  },
  {
    state: 'the content is not an object',
    deployment: { contents: { 'Trailkey-RestoreKey': [] } },
    status: 'skipped',
    texts: ['not a JSON object'],
  },
]);

states('alarm', [
  { state: 'there is none', deployment: { alarms: [] }, status: 'warning' },
  {
    state: 'it is in the state ALARM',
    deployment: { alarms: [alarm({ StateValue: 'ALARM', StateReason: 'Threshold crossed' })] },
    status: 'failed',
    texts: ['the function failed. Threshold crossed.'],
  },
  { state: 'it gives no reason', deployment: { alarms: [alarm({ StateValue: 'ALARM' })] }, status: 'failed' },
  {
    state: 'its actions are turned off',
    deployment: { alarms: [alarm({ ActionsEnabled: false })] },
    status: 'warning',
    texts: ['enable-alarm-actions'],
  },
  {
    state: 'it has no actions',
    deployment: { alarms: [alarm({ AlarmActions: undefined, ActionsEnabled: undefined })] },
    status: 'ok',
    texts: ['notificationEmail is empty'],
  },
  { state: 'it has an action', status: 'ok' },
  {
    state: 'it may not be read',
    faults: { DescribeAlarms: 'denied' },
    status: 'skipped',
    texts: ['cloudwatch:DescribeAlarms'],
  },
]);

states('subscriptions', [
  { state: 'there is no topic', deployment: { subscriptions: undefined }, status: 'ok' },
  { state: 'there are none', deployment: { subscriptions: [] }, status: 'warning' },
  {
    state: 'one is pending',
    deployment: {
      subscriptions: [
        subscription(),
        subscription({ SubscriptionArn: 'PendingConfirmation', Endpoint: 'bob@example.com' }),
      ],
    },
    status: 'warning',
    texts: ['1 of 2 subscriptions', 'bob@example.com'],
  },
  { state: 'all are confirmed', status: 'ok' },
  {
    state: 'they may not be read',
    faults: {
      ListSubscriptionsByTopic: { error: 'AuthorizationError', status: 403, message: 'not authorized' },
    },
    status: 'skipped',
    texts: ['sns:ListSubscriptionsByTopic'],
  },
  {
    state: 'SNS returns another error',
    faults: { ListSubscriptionsByTopic: { error: 'InvalidParameter', message: 'wrong' } },
    status: 'skipped',
    texts: ['wrong'],
  },
]);

states('log-group', [
  { state: 'there is none', deployment: { logGroups: [] }, status: 'warning' },
  {
    state: 'only another one exists',
    deployment: { logGroups: [{ logGroupName: '/aws/lambda/trailkey-config-rule-2' }] },
    status: 'warning',
  },
  {
    state: 'its log events never expire',
    deployment: { logGroups: [{ logGroupName: '/aws/lambda/trailkey-config-rule' }] },
    status: 'warning',
    texts: ['never expire'],
  },
  { state: 'it exists', status: 'ok', texts: ['30 days'] },
  {
    state: 'it may not be read',
    faults: { DescribeLogGroups: 'denied' },
    status: 'skipped',
    texts: ['logs:DescribeLogGroups'],
  },
]);

it('reports what it can of responses in which all optional fields are absent', async () => {
  const state = deployed({
    recorders: [{}],
    recorderStatuses: [{}],
    rules: [{}, { ConfigRuleName: RULE }],
    packs: [{}],
    evaluation: {},
    results: [{}],
    remediation: {},
    runs: [{}],
    documents: { '': {} },
    alarms: [{}],
    subscriptions: [{}],
    logGroups: [{}],
  });

  const { rule: name, outcomes } = await doctor.diagnose(state, () => undefined);

  expect(name).toBe(RULE);
  expect(
    Object.fromEntries(Object.entries(outcomes).map(([id, { status }]) => [id, status])),
  ).toMatchInlineSnapshot(`
    {
      "alarm": "ok",
      "approvers": "ok",
      "conformance-pack": "ok",
      "document": "failed",
      "evaluation": "warning",
      "function": "failed",
      "log-group": "warning",
      "parameters": "ok",
      "recorded-types": "ok",
      "recorder": "failed",
      "recording-frequency": "ok",
      "remediation-key": "ok",
      "remediation-parameters": "skipped",
      "remediation-runs": "ok",
      "results": "failed",
      "rule": "ok",
      "scope": "warning",
      "subscriptions": "warning",
      "triggers": "failed",
    }
  `);
});
