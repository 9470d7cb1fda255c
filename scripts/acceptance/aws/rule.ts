import {
  ConfigServiceClient,
  DescribeConfigurationRecorderStatusCommand,
  DescribeRemediationConfigurationsCommand,
  DescribeRemediationExecutionStatusCommand,
  type EvaluationResult,
  paginateDescribeConfigRules,
  paginateGetComplianceDetailsByConfigRule,
  StartConfigRulesEvaluationCommand,
  StartRemediationExecutionCommand,
} from '@aws-sdk/client-config-service';
import { configHistory } from '../../../src/aws/config.js';
import { codeOf } from '../../../src/aws/errors.js';
import { readPages, required } from '../../../src/aws/requests.js';
import { TRAIL_TYPE } from '../../../src/core/configuration-item.js';
import { RULE_NAME } from '../../../src/core/report.js';
import { type Connection, sendTo } from './connection.js';

/** A result of the rule, as the dashboard shows it. */
export type DashboardResult = {
  /** The ID of the trail in AWS Config. */
  readonly resourceId: string;
  /** The verdict: the start of the annotation. */
  readonly code: string;
  readonly annotation: string;
  /** Milliseconds since 1970. */
  readonly recordedAt: number;
};

/** The rule of Trailkey in AWS Config. */
export const ruleIn = (connection: Connection) => {
  const { region, clients, call } = connection;
  const configIn = clients(ConfigServiceClient, 'config');
  const config = configIn(region);
  const send = sendTo(connection);

  return {
    /** The rules of the stack and of conformance packs. */
    list: () =>
      send('config:DescribeConfigRules', async (options) => {
        const pages = paginateDescribeConfigRules({ client: config }, {}, options);
        return (await readPages(pages, 'ConfigRules')).filter(({ ConfigRuleName }) =>
          ConfigRuleName?.startsWith(RULE_NAME),
        );
      }),

    isRecording: () =>
      send('config:DescribeConfigurationRecorderStatus', async (options) => {
        const command = new DescribeConfigurationRecorderStatusCommand({});
        const { ConfigurationRecordersStatus = [] } = await config.send(command, options);
        return ConfigurationRecordersStatus.some(({ recording }) => recording === true);
      }),

    /** The remediation of a rule: its parameters with their static values. */
    remediation: (ruleName: string) =>
      send('config:DescribeRemediationConfigurations', async (options) => {
        const command = new DescribeRemediationConfigurationsCommand({ ConfigRuleNames: [ruleName] });
        const { RemediationConfigurations = [] } = await config.send(command, options);
        const [remediation] = RemediationConfigurations;
        if (remediation === undefined) return undefined;
        const staticValue = (name: string) => remediation.Parameters?.[name]?.StaticValue?.Values?.[0];
        return {
          isAutomatic: remediation.Automatic === true,
          mode: staticValue('Mode'),
          key: staticValue('KmsKeyId'),
        };
      }),

    /** The result for a trail, by its name or ARN, or undefined if the dashboard shows none. */
    result: (ruleName: string, ids: readonly string[]): Promise<DashboardResult | undefined> =>
      send('config:GetComplianceDetailsByConfigRule', async (options) => {
        const pages = paginateGetComplianceDetailsByConfigRule(
          { client: config },
          { ConfigRuleName: ruleName, ComplianceTypes: ['COMPLIANT', 'NON_COMPLIANT'], Limit: 100 },
          options,
        );
        const results = (await readPages(pages, 'EvaluationResults')).flatMap(resultOf);
        return results.find(({ resourceId }) => ids.includes(resourceId));
      }),

    /** Starts an evaluation, unless AWS Config has just started one. */
    evaluate: async (ruleName: string): Promise<void> => {
      await send('config:StartConfigRulesEvaluation', (options) =>
        config.send(new StartConfigRulesEvaluationCommand({ ConfigRuleNames: [ruleName] }), options),
      ).catch((error: unknown) => {
        if (!BUSY.includes(codeOf(error))) throw error;
      });
    },

    /** Starts the remediation for a resource, like the button _Remediate_. */
    remediate: (ruleName: string, resourceId: string): Promise<void> =>
      send('config:StartRemediationExecution', async (options) => {
        const { FailureMessage, FailedItems = [] } = await config.send(
          new StartRemediationExecutionCommand({
            ConfigRuleName: ruleName,
            ResourceKeys: [{ resourceType: TRAIL_TYPE, resourceId }],
          }),
          options,
        );
        if (FailedItems.length > 0) throw new Error(FailureMessage ?? 'AWS Config did not start it');
      }),

    /** The state of a remediation, and the error of a step. */
    remediationState: (ruleName: string, resourceId: string) =>
      send('config:DescribeRemediationExecutionStatus', async (options) => {
        const command = new DescribeRemediationExecutionStatusCommand({
          ConfigRuleName: ruleName,
          ResourceKeys: [{ resourceType: TRAIL_TYPE, resourceId }],
        });
        const { RemediationExecutionStatuses } = await config.send(command, options);
        const [latest] = required(RemediationExecutionStatuses, 'RemediationExecutionStatuses');
        const error = latest?.StepDetails?.find(({ ErrorMessage }) => ErrorMessage)?.ErrorMessage;
        return { state: latest?.State ?? 'UNKNOWN', error };
      }),

    /** The trails that AWS Config has recorded in a Region. */
    recordedTrails: (of = region) => configHistory({ region: of, config: configIn, call }).listTrails(),
  };
};

/** An evaluation runs, or one was started in the same minute. */
const BUSY = ['LimitExceededException', 'ResourceInUseException'];

const resultOf = (result: EvaluationResult): readonly DashboardResult[] => {
  const { ResourceId: resourceId } = result.EvaluationResultIdentifier?.EvaluationResultQualifier ?? {};
  const annotation = result.Annotation ?? '';
  const recordedAt = result.ResultRecordedTime?.getTime();
  if (resourceId === undefined || recordedAt === undefined) return [];
  return [{ resourceId, annotation, code: annotation.split(':')[0] ?? '', recordedAt }];
};
