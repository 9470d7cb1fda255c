import type {
  Evaluation as ApiEvaluation,
  EvaluationResult,
  GetComplianceDetailsByConfigRuleRequest,
} from '@aws-sdk/client-config-service';
import { annotationOf } from '../core/annotation.js';
import type { ResultResource, Results, RuleResult, Submission } from '../ports.js';
import { batchesOf } from './batches.js';
import { type Caller, explained } from './call.js';
import type { Clients } from './clients.js';
import { EvaluationsNotPutError, nameOf, ResultTokenError, ServiceFaultError } from './errors.js';
import { pages } from './pages.js';

/** PutEvaluations takes so many results a call. */
const BATCH = 100;
/** The field's convention for a token that stores nothing; with it AWS Config takes every token. */
const TEST_TOKEN = 'TESTMODE';

type Callers = { readonly asking: Caller; readonly putting: Caller };

/** Writes the results of the rule to AWS Config, and lists those that it holds. */
export const configResults = (clients: Clients, { asking, putting }: Callers): Results => ({
  current: (ruleName) => currentResults(ruleName, clients, asking),
  put: async (results, submission) => {
    try {
      const refused: ApiEvaluation[] = [];
      // No results at all are put as well: that tells AWS Config that the invocation is done.
      for (const batch of results.length === 0 ? [[]] : batchesOf(results, BATCH)) {
        refused.push(
          ...(await putBatch(
            batch.map((result) => apiEvaluationOf(result, submission)),
            submission.resultToken,
            { clients, caller: putting },
          )),
        );
      }
      if (refused.length > 0) throw new EvaluationsNotPutError(refusal(refused));
      return 'done';
    } catch (error) {
      if (nameOf(error) === 'NoSuchConfigRuleException') return 'rule-deleted';
      throw putError(error, submission.resultToken, clients.region);
    }
  },
});

type Means = { readonly clients: Clients; readonly caller: Caller };

/** AWS Config reports results that it did not take with HTTP 200: those are put once more, and given if that fails too. */
const putBatch = async (
  batch: ApiEvaluation[],
  token: string,
  means: Means,
): Promise<readonly ApiEvaluation[]> => {
  const failed = await putOnce(batch, token, means);
  return failed.length === 0 ? [] : putOnce(failed, token, means);
};

const refusal = (refused: readonly ApiEvaluation[]): string =>
  `AWS Config did not take the results of ${refused.map(({ ComplianceResourceId }) => ComplianceResourceId).join(', ')}, ` +
  'also when they were put again. The others are put.';

/** @see https://docs.aws.amazon.com/config/latest/APIReference/API_PutEvaluations.html */
const putOnce = async (
  Evaluations: ApiEvaluation[],
  ResultToken: string,
  { clients, caller }: Means,
): Promise<ApiEvaluation[]> => {
  const name = { service: 'config', operation: 'PutEvaluations', region: clients.region };
  const input = { Evaluations, ResultToken, ...(ResultToken === TEST_TOKEN ? { TestMode: true } : {}) };
  const { FailedEvaluations = [] } = await caller.call(name, (abortSignal) =>
    clients.config.putEvaluations(input, abortSignal),
  );
  return FailedEvaluations;
};

const apiEvaluationOf = (result: RuleResult, { orderedAt }: Submission): ApiEvaluation => ({
  ComplianceResourceType: result.resourceType,
  ComplianceResourceId: result.resourceId,
  ComplianceType: result.compliance,
  Annotation: annotationOf(result),
  OrderingTimestamp: new Date(orderedAt),
});

const putError = (error: unknown, token: string, region: string): Error => {
  if (error instanceof EvaluationsNotPutError) return error;
  if (nameOf(error) === 'InvalidResultTokenException') {
    return new ResultTokenError(
      'AWS Config does not take the result token of this event: it has expired, or the event is old or forged. ' +
        'Nothing was put; the next evaluation brings a new token.',
    );
  }
  const named = explained(error, { service: 'config', operation: 'PutEvaluations', region });
  // The token is a credential: should a message quote it, it is taken out, and so is the cause.
  return named.message.includes(token)
    ? new ServiceFaultError(named.message.replaceAll(token, '[token]'))
    : named;
};

/** @see https://docs.aws.amazon.com/config/latest/APIReference/API_GetComplianceDetailsByConfigRule.html */
const currentResults = async (
  ruleName: string,
  clients: Clients,
  caller: Caller,
): Promise<readonly ResultResource[]> => {
  const name = { service: 'config', operation: 'GetComplianceDetailsByConfigRule', region: clients.region };
  try {
    return await pages((NextToken) =>
      caller.call(name, async (abortSignal) => {
        const asked: GetComplianceDetailsByConfigRuleRequest = {
          ConfigRuleName: ruleName,
          ComplianceTypes: ['COMPLIANT', 'NON_COMPLIANT'],
          Limit: BATCH,
          NextToken,
        };
        const { EvaluationResults = [], NextToken: next } =
          await clients.config.getComplianceDetailsByConfigRule(asked, abortSignal);
        return { entries: EvaluationResults.flatMap(resourceOf), next };
      }),
    );
  } catch (error) {
    if (nameOf(error) === 'NoSuchConfigRuleException') return [];
    throw explained(error, name);
  }
};

const resourceOf = ({ EvaluationResultIdentifier }: EvaluationResult): readonly ResultResource[] => {
  const { ResourceType: resourceType, ResourceId: resourceId } =
    EvaluationResultIdentifier?.EvaluationResultQualifier ?? {};
  return resourceType && resourceId ? [{ resourceType, resourceId }] : [];
};
