import {
  BatchGetResourceConfigCommand,
  type Evaluation as ConfigEvaluation,
  ConfigServiceClient,
  type EvaluationResult,
  PutEvaluationsCommand,
  paginateGetComplianceDetailsByConfigRule,
  paginateGetResourceConfigHistory,
  paginateListDiscoveredResources,
  paginateSelectAggregateResourceConfig,
  paginateSelectResourceConfig,
  type ResourceKey,
} from '@aws-sdk/client-config-service';
import { annotationOf } from '../core/annotation.js';
import {
  type ConfigurationItem,
  KEY_TYPE,
  parseConfigurationItem,
  TRAIL_TYPE,
} from '../core/configuration-item.js';
import { isJsonObject, parseJson } from '../core/json-value.js';
import { type ObservedTrail, parseTrailItem } from '../core/trail.js';
import type { ConfigHistory, ResultResource, Results, RuleResult, Submission } from '../ports.js';
import { credentialProblemAtFirst } from './credentials.js';
import {
  AccessDeniedError,
  codeOf,
  EvaluationsNotPutError,
  ResultTokenError,
  ServiceFaultError,
} from './errors.js';
import { type Call, readPages } from './requests.js';
import type { Session } from './session.js';

/** How AWS Config is called, in one Region. */
export type ConfigConnection = {
  readonly region: string;
  readonly config: (region: string) => ConfigServiceClient;
  readonly call: Call;
};

/** PutEvaluations, BatchGetResourceConfig and the pages of lists take at most so many entries. */
const BATCH = 100;

const batchesOf = <T>(entries: readonly T[]): readonly T[][] =>
  Array.from({ length: Math.ceil(entries.length / BATCH) }, (_, index) =>
    entries.slice(index * BATCH, (index + 1) * BATCH),
  );

/** Constant: nothing from an event enters an expression, whose quoting is not documented. */
const TRAILS_QUERY =
  'SELECT resourceId, resourceName, arn, accountId, awsRegion, configuration.name, configuration.trailARN, ' +
  'configuration.homeRegion, configuration.isOrganizationTrail, configuration.kmsKeyId ' +
  `WHERE resourceType = '${TRAIL_TYPE}'`;

/** Errors by which a Region reports that it does not support advanced queries. */
const NO_QUERIES = ['InvalidExpressionException', 'UnknownOperationException'];

/** What AWS Config has recorded. */
export const configHistory = (connection: ConfigConnection): ConfigHistory => {
  const { region, config, call } = connection;
  return {
    trails: async () => {
      try {
        return await call('config:SelectResourceConfig', region, async (options) => {
          const input = { Expression: TRAILS_QUERY, Limit: BATCH };
          const pages = paginateSelectResourceConfig({ client: config(region) }, input, options);
          return (await readPages(pages, ({ Results }) => Results)).map(observedTrailIn);
        });
      } catch (error) {
        if (NO_QUERIES.includes(codeOf(error))) return discoveredTrails(connection);
        throw error;
      }
    },
    itemOf: (summary) => historyItem(summary, connection),
  };
};

/** A row is JSON text of the selected columns. */
const observedTrailIn = (row: string): ObservedTrail => {
  const columns = parseJson(row);
  if (!isJsonObject(columns)) {
    throw new ServiceFaultError('config:SelectResourceConfig answered a row that is no object');
  }
  // A row may contain only ids: CloudTrail itself reports the rest.
  const configuration = columns['configuration'] ?? {};
  return parseTrailItem(parseConfigurationItem({ ...columns, configuration, resourceType: TRAIL_TYPE }));
};

/** Lists recorded trails where a Region does not support advanced queries. */
const discoveredTrails = async (connection: ConfigConnection): Promise<readonly ObservedTrail[]> => {
  const { region, config, call } = connection;
  const ids = await call('config:ListDiscoveredResources', region, (options) => {
    const input = { resourceType: TRAIL_TYPE, limit: BATCH } as const;
    const pages = paginateListDiscoveredResources({ client: config(region) }, input, options);
    return readPages(pages, ({ resourceIdentifiers = [] }) =>
      resourceIdentifiers.flatMap(({ resourceId }) => resourceId ?? []),
    );
  });
  const keys = ids.map((resourceId): ResourceKey => ({ resourceType: TRAIL_TYPE, resourceId }));
  const items = await Promise.all(batchesOf(keys).map((batch) => getItems(batch, connection)));
  return items.flat();
};

/** Keys that BatchGetResourceConfig leaves out are requested again so often. */
const MORE_ATTEMPTS = 2;

/** @see https://docs.aws.amazon.com/config/latest/APIReference/API_BatchGetResourceConfig.html */
const getItems = (
  keys: ResourceKey[],
  { region, config, call }: ConfigConnection,
): Promise<readonly ObservedTrail[]> =>
  call('config:BatchGetResourceConfig', region, async (options) => {
    const found: ObservedTrail[] = [];
    let missing = keys;
    for (let attempt = 0; attempt <= MORE_ATTEMPTS; attempt += 1) {
      const command = new BatchGetResourceConfigCommand({ resourceKeys: missing });
      const { baseConfigurationItems = [], unprocessedResourceKeys = [] } = await config(region).send(
        command,
        options,
      );
      for (const item of baseConfigurationItems) {
        const configuration = item.configuration ?? '{}';
        found.push(parseTrailItem(parseConfigurationItem({ ...item, configuration })));
      }
      if (unprocessedResourceKeys.length === 0) return found;
      missing = unprocessedResourceKeys;
    }
    throw new ServiceFaultError(`config:BatchGetResourceConfig left ${missing.length} trails out`);
  });

/** @see https://docs.aws.amazon.com/config/latest/APIReference/API_GetResourceConfigHistory.html */
const historyItem = async (
  { resourceId, capturedAt }: ConfigurationItem,
  { region, config, call }: ConfigConnection,
): Promise<ConfigurationItem | undefined> => {
  try {
    return await call('config:GetResourceConfigHistory', region, async (options) => {
      const laterTime = capturedAt === undefined ? undefined : new Date(capturedAt);
      const input = { resourceType: TRAIL_TYPE, resourceId, limit: 1, laterTime } as const;
      const pages = paginateGetResourceConfigHistory({ client: config(region) }, input, options);
      // An empty page with a token is legal: the next one may contain the item.
      const [item] = await readPages(pages, ({ configurationItems }) => configurationItems, { enough: 1 });
      const found = item && parseConfigurationItem({ ...item });
      // An older item describes the trail before the change.
      return isOlder(found?.capturedAt, capturedAt) ? undefined : found;
    });
  } catch (error) {
    if (codeOf(error) === 'ResourceNotDiscoveredException') return undefined;
    throw error;
  }
};

/** The API returns whole seconds where an event has milliseconds. */
const PRECISION_MS = 1000;

const isOlder = (found = Number.POSITIVE_INFINITY, requested = 0): boolean =>
  found <= requested - PRECISION_MS;

/** Calls for the results of the rule: reading must leave time for reporting. */
export type ResultCalls = { readonly reading: Call; readonly reporting: Call };

/** Reports the results of the rule to AWS Config, and lists its current ones. */
export const configResults = (
  { region, config }: Omit<ConfigConnection, 'call'>,
  { reading, reporting }: ResultCalls,
): Results => {
  /** @see https://docs.aws.amazon.com/config/latest/APIReference/API_PutEvaluations.html */
  const putEvaluations = (Evaluations: ConfigEvaluation[], ResultToken: string) =>
    reporting('config:PutEvaluations', region, async (options) => {
      const testMode = ResultToken === TEST_TOKEN ? { TestMode: true } : {};
      const command = new PutEvaluationsCommand({ Evaluations, ResultToken, ...testMode });
      return (await config(region).send(command, options)).FailedEvaluations ?? [];
    });
  /** AWS Config returns results that it did not accept with HTTP 200: those are reported once more. */
  const putBatch = async (batch: ConfigEvaluation[], token: string) => {
    const failed = await putEvaluations(batch, token);
    return failed.length === 0 ? [] : putEvaluations(failed, token);
  };
  return {
    /** @see https://docs.aws.amazon.com/config/latest/APIReference/API_GetComplianceDetailsByConfigRule.html */
    current: async (ConfigRuleName) => {
      try {
        return await reading('config:GetComplianceDetailsByConfigRule', region, (options) => {
          const pages = paginateGetComplianceDetailsByConfigRule(
            { client: config(region) },
            { ConfigRuleName, ComplianceTypes: ['COMPLIANT', 'NON_COMPLIANT'], Limit: BATCH },
            options,
          );
          return readPages(pages, ({ EvaluationResults }) => EvaluationResults?.flatMap(resourceOf));
        });
      } catch (error) {
        if (codeOf(error) === 'NoSuchConfigRuleException') return [];
        throw error;
      }
    },
    put: async (results, submission) => {
      try {
        const refused: ConfigEvaluation[] = [];
        // An empty list is reported as well: it tells AWS Config that the invocation is done.
        for (const batch of results.length === 0 ? [[]] : batchesOf(results)) {
          const evaluations = batch.map((result) => configEvaluationOf(result, submission));
          refused.push(...(await putBatch(evaluations, submission.resultToken)));
        }
        if (refused.length > 0) throw new EvaluationsNotPutError(refusalOf(refused));
        return 'done';
      } catch (error) {
        if (codeOf(error) === 'NoSuchConfigRuleException') return 'rule-deleted';
        throw withoutToken(error, submission.resultToken);
      }
    },
  };
};

/** The convention for a token that stores nothing; in test mode AWS Config accepts every token. */
const TEST_TOKEN = 'TESTMODE';

const resourceOf = ({ EvaluationResultIdentifier }: EvaluationResult): readonly ResultResource[] => {
  const { ResourceType: resourceType, ResourceId: resourceId } =
    EvaluationResultIdentifier?.EvaluationResultQualifier ?? {};
  return resourceType && resourceId ? [{ resourceType, resourceId }] : [];
};

const configEvaluationOf = (result: RuleResult, { orderedAt }: Submission): ConfigEvaluation => ({
  ComplianceResourceType: result.resourceType,
  ComplianceResourceId: result.resourceId,
  ComplianceType: result.compliance,
  Annotation: annotationOf(result),
  OrderingTimestamp: new Date(orderedAt),
});

const refusalOf = (refused: readonly ConfigEvaluation[]): string =>
  `AWS Config did not accept the results of ${refused.map(({ ComplianceResourceId }) => ComplianceResourceId).join(', ')}, ` +
  'when they were reported a second time. The other results were reported.';

/** The token is a credential: an error whose message quotes it is replaced, and so is its cause. */
const withoutToken = (error: unknown, token: string): unknown => {
  if (codeOf(error) === 'InvalidResultTokenException') {
    return new ResultTokenError(
      'AWS Config does not accept the result token of this event: the token has expired, or the event is old or forged. ' +
        'The next evaluation has a new token.',
    );
  }
  return error instanceof ServiceFaultError && error.message.includes(token)
    ? new ServiceFaultError(error.message.replaceAll(token, '[token]'))
    : error;
};

const AGGREGATE_COLUMNS =
  'SELECT accountId, awsRegion, arn, resourceId, resourceName, resourceType, configurationItemCaptureTime, ' +
  'configurationItemStatus, configuration, supplementaryConfiguration';

/** The queries for an aggregator, constant like that of the rule. */
export const AGGREGATE_QUERIES = {
  trails: `${AGGREGATE_COLUMNS} WHERE resourceType = '${TRAIL_TYPE}'`,
  keys: `${AGGREGATE_COLUMNS} WHERE resourceType = '${KEY_TYPE}'`,
} as const;

/** An organization has many accounts, and each may have thousands of keys. */
const MAX_AGGREGATE_PAGES = 100_000;

/**
 * Selects all trails, or all keys, that the accounts of an aggregator have recorded. Each row is JSON text of the selected columns.
 *
 * @throws where the list is not complete; CredentialsError where AWS does not accept the credentials
 * @see https://docs.aws.amazon.com/config/latest/APIReference/API_SelectAggregateResourceConfig.html
 */
export const aggregatedRows = async (
  resources: keyof typeof AGGREGATE_QUERIES,
  aggregator: string,
  { region, clients, call, source }: Session,
): Promise<readonly string[]> => {
  const client = clients(ConfigServiceClient, 'config')(region);
  try {
    return await call('config:SelectAggregateResourceConfig', region, (options) => {
      const Expression = AGGREGATE_QUERIES[resources];
      const input = { ConfigurationAggregatorName: aggregator, Expression, Limit: BATCH };
      const pages = paginateSelectAggregateResourceConfig({ client }, input, options);
      return readPages(pages, ({ Results }) => Results, { most: MAX_AGGREGATE_PAGES });
    });
  } catch (error) {
    if (error instanceof AccessDeniedError) {
      throw new AccessDeniedError(
        `config:SelectAggregateResourceConfig is denied in ${region}. Allow it to your role or user.`,
      );
    }
    if (codeOf(error) !== 'NoSuchConfigurationAggregatorException') {
      throw credentialProblemAtFirst(error, source) ?? error;
    }
    throw new ServiceFaultError(
      `There is no aggregator "${aggregator}" in ${region}. This lists those that there are: ` +
        `aws configservice describe-configuration-aggregators --region ${region}`,
      { cause: error },
    );
  }
};
