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
import { firstCallProblem } from './credentials.js';
import {
  AccessDeniedError,
  codeOf,
  EvaluationsRejectedError,
  ResultTokenError,
  ServiceFaultError,
} from './errors.js';
import { type Call, listsIn, readPages, required, unlessMissing } from './requests.js';
import type { Session } from './session.js';

/** How AWS Config is called, in one Region. */
export type ConfigConnection = {
  readonly region: string;
  readonly config: (region: string) => ConfigServiceClient;
  readonly call: Call;
};

/** The maximum number of entries in PutEvaluations, in BatchGetResourceConfig and on a page of a list. */
const BATCH = 100;

const batchesOf = <T>(entries: readonly T[]): readonly T[][] =>
  Array.from({ length: Math.ceil(entries.length / BATCH) }, (_, index) =>
    entries.slice(index * BATCH, (index + 1) * BATCH),
  );

/** Constant, because the quoting in an expression is not documented: nothing from an event must become part of it. */
const TRAILS_QUERY =
  'SELECT resourceId, resourceName, arn, accountId, awsRegion, configuration.name, configuration.trailARN, ' +
  'configuration.homeRegion, configuration.isOrganizationTrail, configuration.kmsKeyId ' +
  `WHERE resourceType = '${TRAIL_TYPE}'`;

/** Errors by which a Region reports that it does not support advanced queries. */
const QUERIES_UNSUPPORTED = ['InvalidExpressionException', 'UnknownOperationException'];

/** Returns the records of AWS Config. */
export const configHistory = (connection: ConfigConnection): ConfigHistory => {
  const { region, config, call } = connection;
  return {
    listTrails: async () => {
      try {
        return await call('config:SelectResourceConfig', region, async (options) => {
          const input = { Expression: TRAILS_QUERY, Limit: BATCH };
          const pages = paginateSelectResourceConfig({ client: config(region) }, input, options);
          return (await readPages(pages, 'Results')).map(parseTrailRow);
        });
      } catch (error) {
        if (QUERIES_UNSUPPORTED.includes(codeOf(error))) return discoveredTrails(connection);
        throw error;
      }
    },
    getItem: (summary) => historyItem(summary, connection),
  };
};

/** Parses a row, which is JSON text of the selected columns. */
const parseTrailRow = (row: string): ObservedTrail => {
  const columns = parseJson(row);
  if (!isJsonObject(columns)) {
    throw new ServiceFaultError('config:SelectResourceConfig returned a row that is not a JSON object');
  }
  // A row can contain only IDs. The rest comes from CloudTrail.
  const configuration = columns['configuration'] ?? {};
  return parseTrailItem(parseConfigurationItem({ ...columns, configuration, resourceType: TRAIL_TYPE }));
};

/** Lists recorded trails in a Region that does not support advanced queries. */
const discoveredTrails = async (connection: ConfigConnection): Promise<readonly ObservedTrail[]> => {
  const { region, config, call } = connection;
  const resources = await call('config:ListDiscoveredResources', region, (options) => {
    const input = { resourceType: TRAIL_TYPE, limit: BATCH } as const;
    const pages = paginateListDiscoveredResources({ client: config(region) }, input, options);
    return readPages(pages, 'resourceIdentifiers');
  });
  const keys = resources.flatMap(({ resourceId }): readonly ResourceKey[] =>
    resourceId ? [{ resourceType: TRAIL_TYPE, resourceId }] : [],
  );
  const items = await Promise.all(batchesOf(keys).map((batch) => getItems(batch, connection)));
  return items.flat();
};

/** How often keys that BatchGetResourceConfig did not process are requested again. */
const BATCH_RETRIES = 2;

/** @see https://docs.aws.amazon.com/config/latest/APIReference/API_BatchGetResourceConfig.html */
const getItems = (
  keys: ResourceKey[],
  { region, config, call }: ConfigConnection,
): Promise<readonly ObservedTrail[]> =>
  call('config:BatchGetResourceConfig', region, async (options) => {
    const found: ObservedTrail[] = [];
    let missing = keys;
    for (let attempt = 0; attempt <= BATCH_RETRIES; attempt += 1) {
      const command = new BatchGetResourceConfigCommand({ resourceKeys: missing });
      const response = await config(region).send(command, options);
      const { baseConfigurationItems, unprocessedResourceKeys = [] } = response;
      for (const item of required(baseConfigurationItems, 'baseConfigurationItems')) {
        const configuration = item.configuration ?? '{}';
        found.push(parseTrailItem(parseConfigurationItem({ ...item, configuration })));
      }
      if (unprocessedResourceKeys.length === 0) return found;
      missing = unprocessedResourceKeys;
    }
    throw new ServiceFaultError(
      `config:BatchGetResourceConfig left out ${missing.length} of ${keys.length} trails`,
    );
  });

/** @see https://docs.aws.amazon.com/config/latest/APIReference/API_GetResourceConfigHistory.html */
const historyItem = async (
  { resourceId, capturedAt }: ConfigurationItem,
  { region, config, call }: ConfigConnection,
): Promise<ConfigurationItem | undefined> =>
  unlessMissing(['ResourceNotDiscoveredException'], () =>
    call('config:GetResourceConfigHistory', region, async (options) => {
      const laterTime = capturedAt === undefined ? undefined : new Date(capturedAt);
      const input = { resourceType: TRAIL_TYPE, resourceId, limit: 1, laterTime } as const;
      const pages = paginateGetResourceConfigHistory({ client: config(region) }, input, options);
      // A page with a token can be empty.
      const [item] = await readPages(pages, 'configurationItems', { maxEntries: 1 });
      const found = item && parseConfigurationItem({ ...item });
      // An older item describes the trail before the change.
      return isOlder(found?.capturedAt, capturedAt) ? undefined : found;
    }),
  );

/** The API returns seconds; events contain milliseconds. */
const PRECISION_MS = 1000;

const isOlder = (found = Number.POSITIVE_INFINITY, requested = 0): boolean =>
  found <= requested - PRECISION_MS;

/** The calls for reading and reporting results. Reading ends earlier, so that time for reporting remains. */
export type ResultCalls = { readonly read: Call; readonly report: Call };

/** Reports the results of the rule to AWS Config, and lists its current ones. */
export const configResults = (
  { region, config }: Omit<ConfigConnection, 'call'>,
  { read, report }: ResultCalls,
): Results => {
  /** @see https://docs.aws.amazon.com/config/latest/APIReference/API_PutEvaluations.html */
  const putEvaluations = (Evaluations: ConfigEvaluation[], ResultToken: string) =>
    report('config:PutEvaluations', region, async (options) => {
      const testMode = ResultToken === TEST_TOKEN ? { TestMode: true } : {};
      const command = new PutEvaluationsCommand({ Evaluations, ResultToken, ...testMode });
      return (await config(region).send(command, options)).FailedEvaluations ?? [];
    });
  /** AWS Config returns rejected results with status code 200. They are reported once more. */
  const putBatch = async (batch: ConfigEvaluation[], token: string) => {
    const failed = await putEvaluations(batch, token);
    return failed.length === 0 ? [] : putEvaluations(failed, token);
  };
  return {
    /** @see https://docs.aws.amazon.com/config/latest/APIReference/API_GetComplianceDetailsByConfigRule.html */
    listCurrent: async (ConfigRuleName) => {
      const resources = await unlessMissing(['NoSuchConfigRuleException'], () =>
        read('config:GetComplianceDetailsByConfigRule', region, async (options) => {
          const pages = paginateGetComplianceDetailsByConfigRule(
            { client: config(region) },
            { ConfigRuleName, ComplianceTypes: ['COMPLIANT', 'NON_COMPLIANT'], Limit: BATCH },
            options,
          );
          return (await readPages(pages, 'EvaluationResults')).flatMap(resourceOf);
        }),
      );
      return resources ?? [];
    },
    report: async (results, submission) => {
      try {
        const rejected: ConfigEvaluation[] = [];
        // An empty list is reported as well: it ends the invocation in AWS Config.
        for (const batch of results.length === 0 ? [[]] : batchesOf(results)) {
          const evaluations = batch.map((result) => configEvaluationOf(result, submission));
          rejected.push(...(await putBatch(evaluations, submission.resultToken)));
        }
        if (rejected.length > 0) throw new EvaluationsRejectedError(rejectionMessage(rejected));
        return 'done';
      } catch (error) {
        if (codeOf(error) === 'NoSuchConfigRuleException') return 'rule-deleted';
        throw withoutToken(error, submission.resultToken);
      }
    },
  };
};

/** A token for tests. In test mode, AWS Config accepts any token and stores no results. */
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

const rejectionMessage = (rejected: readonly ConfigEvaluation[]): string =>
  `AWS Config rejected the results of ${rejected.map(({ ComplianceResourceId }) => ComplianceResourceId).join(', ')} twice. ` +
  'The other results were reported.';

/** Replaces an error whose message contains the token, together with its cause, because the token is a credential. */
const withoutToken = (error: unknown, token: string): unknown => {
  if (codeOf(error) === 'InvalidResultTokenException') {
    return new ResultTokenError(
      'AWS Config rejected the result token of this event: the token has expired, or the event is not from AWS Config. ' +
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

/** The queries for an aggregator. Constant, like the query of the rule. */
export const AGGREGATE_QUERIES = {
  trails: `${AGGREGATE_COLUMNS} WHERE resourceType = '${TRAIL_TYPE}'`,
  keys: `${AGGREGATE_COLUMNS} WHERE resourceType = '${KEY_TYPE}'`,
} as const;

/** An organization can have thousands of accounts, each with a trail in every Region, and with hundreds of keys. */
const MAX_AGGREGATE_PAGES = { trails: 2000, keys: 20_000 };

/**
 * Selects all trails, or all keys, that the accounts of an aggregator have recorded, and passes them on one by one: there can be more keys
 * than fit in memory. Each row is JSON text of the selected columns.
 *
 * @throws CredentialsError if AWS rejects the credentials
 * @throws AccessDeniedError or ServiceFaultError if the list is not complete
 * @see https://docs.aws.amazon.com/config/latest/APIReference/API_SelectAggregateResourceConfig.html
 */
export const readAggregatedRows = async (
  resources: keyof typeof AGGREGATE_QUERIES,
  aggregator: string,
  { session, onRow }: { readonly session: Session; readonly onRow: (row: string) => void },
): Promise<void> => {
  const { region, clients, call, source } = session;
  const client = clients(ConfigServiceClient, 'config')(region);
  try {
    await call('config:SelectAggregateResourceConfig', region, async (options) => {
      const Expression = AGGREGATE_QUERIES[resources];
      const input = { ConfigurationAggregatorName: aggregator, Expression, Limit: BATCH };
      const pages = paginateSelectAggregateResourceConfig({ client }, input, options);
      const maxPages = MAX_AGGREGATE_PAGES[resources];
      for await (const rows of listsIn(pages, 'Results', { maxPages })) rows.forEach(onRow);
    });
  } catch (error) {
    if (error instanceof AccessDeniedError) {
      throw new AccessDeniedError(
        `config:SelectAggregateResourceConfig is denied in ${region}. Allow it for your role or user.`,
      );
    }
    if (codeOf(error) !== 'NoSuchConfigurationAggregatorException') {
      throw firstCallProblem(error, source) ?? error;
    }
    throw new ServiceFaultError(
      `Aggregator "${aggregator}" does not exist in ${region}. To list the aggregators, run: ` +
        `aws configservice describe-configuration-aggregators --region ${region}`,
      { cause: error },
    );
  }
};
