import {
  type ConfigRule,
  ConfigServiceClient,
  type ConfigurationRecorder,
  type ConfigurationRecorderStatus,
  DescribeConfigurationRecorderStatusCommand,
  DescribeConfigurationRecordersCommand,
  DescribeRemediationConfigurationsCommand,
  type EvaluationResult,
  paginateDescribeConfigRuleEvaluationStatus,
  paginateDescribeConfigRules,
  paginateDescribeConformancePackStatus,
  paginateDescribeRemediationExecutionStatus,
  paginateGetComplianceDetailsByConfigRule,
  type RemediationExecutionStatus,
} from '@aws-sdk/client-config-service';
import type {
  AwsError,
  DeployedRule,
  RecordedResult,
  Recorder,
  RecorderStatus,
  RemediationParameter,
  RemediationRun,
} from '../core/deployment.js';
import type { Deployment } from '../ports.js';
import type { Reader } from './reader.js';
import { readPages, required, unlessMissing } from './requests.js';

type RuleDeployment = Pick<
  Deployment,
  | 'recorders'
  | 'recorderStatuses'
  | 'rules'
  | 'packs'
  | 'evaluationStatus'
  | 'results'
  | 'remediation'
  | 'remediationRuns'
>;

/** Returns the recorder, the rules and their results, the remediation and the conformance packs in AWS Config. */
export const ruleDeployment = (reader: Reader): RuleDeployment => ({
  ...recordersIn(reader),
  ...rulesIn(reader),
  ...remediationsIn(reader),
});

const recordersIn = ({
  region,
  clients,
  read,
}: Reader): Pick<Deployment, 'recorders' | 'recorderStatuses'> => {
  const client = clients(ConfigServiceClient, 'config')(region);
  return {
    /** @see https://docs.aws.amazon.com/config/latest/APIReference/API_DescribeConfigurationRecorders.html */
    recorders: () =>
      read('config:DescribeConfigurationRecorders', async (options) => {
        const { ConfigurationRecorders } = await client.send(
          new DescribeConfigurationRecordersCommand({}),
          options,
        );
        return required(ConfigurationRecorders, 'ConfigurationRecorders').flatMap(recorderOf);
      }),
    recorderStatuses: () =>
      read('config:DescribeConfigurationRecorderStatus', async (options) => {
        const command = new DescribeConfigurationRecorderStatusCommand({});
        const { ConfigurationRecordersStatus } = await client.send(command, options);
        return required(ConfigurationRecordersStatus, 'ConfigurationRecordersStatus').flatMap(
          recorderStatusOf,
        );
      }),
  };
};

const rulesIn = ({
  region,
  clients,
  read,
}: Reader): Pick<Deployment, 'rules' | 'packs' | 'evaluationStatus' | 'results'> => {
  const client = clients(ConfigServiceClient, 'config')(region);
  return {
    rules: () =>
      read('config:DescribeConfigRules', async (options) =>
        (await readPages(paginateDescribeConfigRules({ client }, {}, options), 'ConfigRules')).map(ruleOf),
      ),
    packs: () =>
      read('config:DescribeConformancePackStatus', async (options) => {
        const pages = paginateDescribeConformancePackStatus({ client }, {}, options);
        return (await readPages(pages, 'ConformancePackStatusDetails')).map((pack) => ({
          name: pack.ConformancePackName ?? '',
          id: pack.ConformancePackId ?? '',
          state: pack.ConformancePackState ?? '',
          reason: pack.ConformancePackStatusReason,
        }));
      }),
    evaluationStatus: (rule) =>
      read('config:DescribeConfigRuleEvaluationStatus', (options) =>
        unlessMissing(['NoSuchConfigRuleException'], async () => {
          const input = { ConfigRuleNames: [rule] };
          const pages = paginateDescribeConfigRuleEvaluationStatus({ client }, input, options);
          const [status] = await readPages(pages, 'ConfigRulesEvaluationStatus');
          return (
            status && {
              activatedAt: status.FirstActivatedTime?.getTime(),
              succeededAt: status.LastSuccessfulEvaluationTime?.getTime(),
              failedAt: latest(status.LastFailedEvaluationTime, status.LastFailedInvocationTime),
              error: errorOf(status.LastErrorCode, status.LastErrorMessage),
            }
          );
        }),
      ),
    results: (rule) =>
      read('config:GetComplianceDetailsByConfigRule', async (options) => {
        const pages = paginateGetComplianceDetailsByConfigRule(
          { client },
          { ConfigRuleName: rule, ComplianceTypes: ['COMPLIANT', 'NON_COMPLIANT'], Limit: PAGE },
          options,
        );
        return (await readPages(pages, 'EvaluationResults')).flatMap(resultOf);
      }),
  };
};

const remediationsIn = ({
  region,
  clients,
  read,
}: Reader): Pick<Deployment, 'remediation' | 'remediationRuns'> => {
  const client = clients(ConfigServiceClient, 'config')(region);
  return {
    /** @see https://docs.aws.amazon.com/config/latest/APIReference/API_DescribeRemediationConfigurations.html */
    remediation: (rule) =>
      read('config:DescribeRemediationConfigurations', async (options) => {
        const command = new DescribeRemediationConfigurationsCommand({ ConfigRuleNames: [rule] });
        const { RemediationConfigurations } = await client.send(command, options);
        const [configuration] = required(RemediationConfigurations, 'RemediationConfigurations');
        return (
          configuration && {
            document: configuration.TargetId ?? '',
            version: configuration.TargetVersion,
            automatic: configuration.Automatic ?? false,
            parameters: new Map(
              Object.entries(configuration.Parameters ?? {}).map(
                ([name, { StaticValue, ResourceValue }]): [string, RemediationParameter] => [
                  name,
                  { values: StaticValue?.Values ?? [], resourceValue: ResourceValue?.Value },
                ],
              ),
            ),
          }
        );
      }),
    remediationRuns: (rule) =>
      read('config:DescribeRemediationExecutionStatus', async (options) => {
        const runs = await unlessMissing(['NoSuchRemediationConfigurationException'], () => {
          const input = { ConfigRuleName: rule, Limit: PAGE };
          const pages = paginateDescribeRemediationExecutionStatus({ client }, input, options);
          return readPages(pages, 'RemediationExecutionStatuses');
        });
        return (runs ?? []).map(runOf);
      }),
  };
};

/** The maximum number of entries on a page. */
const PAGE = 100;

/** A service-linked recorder belongs to another service, and does not invoke rules of the account. */
const recorderOf = (recorder: ConfigurationRecorder): readonly Recorder[] => {
  const { name = '', servicePrincipal, recordingGroup, recordingMode } = recorder;
  if (servicePrincipal !== undefined) return [];
  return [
    {
      name,
      strategy: recordingGroup?.recordingStrategy?.useOnly,
      allSupported: recordingGroup?.allSupported,
      included: recordingGroup?.resourceTypes ?? [],
      excluded: recordingGroup?.exclusionByResourceTypes?.resourceTypes ?? [],
      frequency: recordingMode?.recordingFrequency,
      overrides: (recordingMode?.recordingModeOverrides ?? []).map((override) => ({
        types: override.resourceTypes ?? [],
        frequency: override.recordingFrequency ?? '',
      })),
    },
  ];
};

const recorderStatusOf = (status: ConfigurationRecorderStatus): readonly RecorderStatus[] => {
  const { name = '', recording = false, lastStatus, lastErrorCode, lastErrorMessage } = status;
  if (status.servicePrincipal !== undefined) return [];
  return [{ name, recording, lastStatus, error: errorOf(lastErrorCode, lastErrorMessage) }];
};

const errorOf = (code: string | undefined, message: string | undefined): AwsError | undefined =>
  code || message ? { code, message } : undefined;

const ruleOf = (rule: ConfigRule): DeployedRule => {
  const { Scope: scope = {}, Source: source, MaximumExecutionFrequency: frequency } = rule;
  return {
    name: rule.ConfigRuleName ?? '',
    state: rule.ConfigRuleState,
    owner: source?.Owner,
    source: source?.SourceIdentifier,
    triggers: (source?.SourceDetails ?? []).map((detail) => ({
      type: detail.MessageType ?? '',
      frequency: detail.MaximumExecutionFrequency ?? frequency,
    })),
    resourceTypes: scope.ComplianceResourceTypes ?? [],
    isNarrowed: Boolean(scope.TagKey || scope.ComplianceResourceId),
    modes: (rule.EvaluationModes ?? []).flatMap(({ Mode }) => Mode ?? []),
    parameters: rule.InputParameters,
    createdBy: rule.CreatedBy,
  };
};

const latest = (...times: readonly (Date | undefined)[]): number | undefined => {
  const known = times.flatMap((time) => (time === undefined ? [] : [time.getTime()]));
  return known.length === 0 ? undefined : Math.max(...known);
};

const resultOf = (result: EvaluationResult): readonly RecordedResult[] => {
  const { ResourceType: resourceType, ResourceId: resourceId } =
    result.EvaluationResultIdentifier?.EvaluationResultQualifier ?? {};
  if (!resourceType || !resourceId) return [];
  return [
    {
      resourceType,
      resourceId,
      compliance: result.ComplianceType,
      annotation: result.Annotation,
      recordedAt: result.ResultRecordedTime?.getTime(),
    },
  ];
};

const runOf = (run: RemediationExecutionStatus): RemediationRun => ({
  resourceId: run.ResourceKey?.resourceId ?? '',
  state: run.State,
  startedAt: run.InvocationTime?.getTime(),
  failedSteps: (run.StepDetails ?? [])
    .filter(({ State }) => State === 'FAILED')
    .map(({ Name = '', ErrorMessage }) => ({ name: Name, message: ErrorMessage })),
});
