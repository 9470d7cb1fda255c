import type { RuleParameters } from '../../../src/core/rule-parameters.js';
import type { SimulatedAws } from '../aws-simulator/state.js';
import { invokeAt } from '../invoke.js';
import { scheduled } from '../rule-event.js';
import type { Answers } from '../stand-in.js';

type Result = { readonly compliance: string; readonly annotation: string; readonly recordedAt: number };

/** What the rule is like that is deployed. */
export type Deployment = {
  readonly parameters: Partial<Record<keyof RuleParameters, string>>;
  readonly scope: readonly string[];
  readonly state: string;
  readonly isRecording: boolean;
  readonly isAutomatic: boolean;
  /** The mode and the key of the remediation; undefined for none. */
  readonly button: { readonly mode: string; readonly key: string } | undefined;
  /** AWS Config evaluates changes by itself. */
  readonly evaluatesChanges: boolean;
  /** An event is sent for each new annotation, also if the compliance type is the same. */
  readonly sendsEveryEvent: boolean;
  /** How many rules there are. */
  readonly rules: number;
  /** The versions of each document. */
  readonly versions: readonly { readonly DocumentVersion: string; readonly IsDefaultVersion: boolean }[];
};

const RULE = 'cloudtrail-cmk-usable';
/** How many seconds pass until AWS Config evaluates a change, or starts an evaluation. */
const AFTER_CHANGE_S = 120;
const AFTER_START_S = 30;

/** What the dashboard needs of the other services. */
export type Surroundings = {
  readonly endpoint: () => string;
  readonly collectsEvents: () => boolean;
  readonly startDocument: (name: string, parameters: object, by: object) => string;
  readonly statusOf: (executionId: string) => string | undefined;
};

/** AWS Config: the rule, which runs as it is deployed, its results, and its remediation. */
export const dashboard = (aws: SimulatedAws, deployment: Deployment, surroundings: Surroundings) => {
  const results = new Map<string, Result>();
  const events: string[] = [];
  const due: number[] = [];
  let remediation: string | undefined;

  aws.onChange = (operation) => {
    if (operation === 'StartConfigRulesEvaluation') due.push(aws.now + AFTER_START_S * 1000);
    else if (deployment.evaluatesChanges) due.push(aws.now + AFTER_CHANGE_S * 1000);
  };

  const put = (id: string, compliance: string, annotation: string): void => {
    const before = results.get(id);
    if (compliance === 'NOT_APPLICABLE') results.delete(id);
    else results.set(id, { compliance, annotation, recordedAt: aws.now });
    const isEvent =
      before?.compliance !== compliance || (deployment.sendsEveryEvent && before.annotation !== annotation);
    if (!(isEvent && surroundings.collectsEvents())) return;
    const newEvaluationResult = { complianceType: compliance, annotation };
    events.push(JSON.stringify({ detail: { configRuleName: RULE, resourceId: id, newEvaluationResult } }));
  };

  const answers: Answers = {
    DescribeConfigRules: () => ({
      ConfigRules: Array.from({ length: deployment.rules }, (_, index) => ({
        ConfigRuleName: index === 0 ? RULE : `${RULE}-conformance-pack-${index}`,
        ConfigRuleState: deployment.state,
        InputParameters: JSON.stringify(deployment.parameters),
        Scope: { ComplianceResourceTypes: deployment.scope },
      })),
    }),
    DescribeConfigurationRecorderStatus: () => ({
      ConfigurationRecordersStatus: [{ name: 'default', recording: deployment.isRecording }],
    }),
    SelectResourceConfig: ({ region }) => ({
      Results: aws.trails
        .filter(({ homeRegion, isMultiRegion }) => homeRegion === region || isMultiRegion)
        .map(({ name, arn, homeRegion, isOrganization, kmsKeyId }) =>
          JSON.stringify({
            resourceId: homeRegion === region && !isOrganization ? name : arn,
            resourceName: name,
            arn,
            accountId: aws.accountId,
            awsRegion: region,
            configuration: {
              name,
              trailARN: arn,
              homeRegion,
              isOrganizationTrail: isOrganization,
              ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
            },
          }),
        ),
    }),
    PutEvaluations: ({ body }) => {
      for (const { ComplianceResourceId, ComplianceType, Annotation } of body['Evaluations'])
        put(ComplianceResourceId, ComplianceType, Annotation);
      return { FailedEvaluations: [] };
    },
    GetComplianceDetailsByConfigRule: () => ({
      EvaluationResults: [...results].map(([ResourceId, { compliance, annotation, recordedAt }]) => ({
        EvaluationResultIdentifier: {
          EvaluationResultQualifier: { ResourceType: 'AWS::CloudTrail::Trail', ResourceId },
        },
        ComplianceType: compliance,
        Annotation: annotation,
        ResultRecordedTime: recordedAt / 1000,
      })),
    }),
    DescribeRemediationConfigurations: () => ({
      RemediationConfigurations: deployment.button
        ? [
            {
              Automatic: deployment.isAutomatic,
              Parameters: {
                Mode: { StaticValue: { Values: [deployment.button.mode] } },
                KmsKeyId: { StaticValue: { Values: [deployment.button.key] } },
              },
            },
          ]
        : [],
    }),
    StartRemediationExecution: ({ body, region }) => {
      const { mode = '', key = '' } = deployment.button ?? {};
      const parameters = {
        AutomationAssumeRole: [`arn:aws:iam::${aws.accountId}:role/trailkey-remediation-${region}`],
        TrailName: [body['ResourceKeys'][0].resourceId],
        KmsKeyId: [key],
        Mode: [mode],
        ConfigRuleName: [RULE],
      };
      const startedBy = `arn:aws:sts::${aws.accountId}:assumed-role/AWSServiceRoleForConfigRemediation/x`;
      remediation = surroundings.startDocument('Trailkey-EncryptTrail', parameters, { region, startedBy });
      return { FailedItems: [] };
    },
    DescribeRemediationExecutionStatus: () => {
      const status = remediation === undefined ? undefined : surroundings.statusOf(remediation);
      const State = status === undefined ? 'IN_PROGRESS' : status === 'Success' ? 'SUCCEEDED' : 'FAILED';
      return { RemediationExecutionStatuses: [{ State, StepDetails: [] }] };
    },
    FilterLogEvents: () => ({ events: events.map((message) => ({ message })) }),
  };
  return {
    answers,
    results,
    /** In how many milliseconds the next evaluation is due. */
    dueIn: () => Math.max(0, Math.min(...due) - aws.now),
    /** Evaluates if that is due. */
    evaluate: async (): Promise<void> => {
      const isDue = due.some((at) => at <= aws.now);
      due.splice(0, due.length, ...due.filter((at) => at > aws.now));
      if (!isDue) return;
      const event = scheduled({ ruleParameters: JSON.stringify(deployment.parameters) });
      const { error } = await invokeAt(surroundings.endpoint(), event);
      if (error) throw error;
    },
  };
};
