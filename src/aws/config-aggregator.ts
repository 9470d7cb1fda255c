import { SelectAggregateResourceConfigCommand } from '@aws-sdk/client-config-service';
import { KEY_TYPE, TRAIL_TYPE } from '../core/configuration-item.js';
import { explained, isDenied } from './call.js';
import { credentialProblemAtFirst } from './credential-problem.js';
import { AccessDeniedError, nameOf, ServiceFaultError } from './errors.js';
import { pages } from './pages.js';
import type { Session } from './session.js';

const COLUMNS =
  'SELECT accountId, awsRegion, arn, resourceId, resourceName, resourceType, configurationItemCaptureTime, ' +
  'configurationItemStatus, configuration, supplementaryConfiguration';

/** What is asked of an aggregator. Constant: nothing from outside enters an expression, whose quoting is not documented. */
export const AGGREGATE_QUERIES = {
  trails: `${COLUMNS} WHERE resourceType = '${TRAIL_TYPE}'`,
  keys: `${COLUMNS} WHERE resourceType = '${KEY_TYPE}'`,
} as const;

const PAGE = 100;
/** An organization has many accounts, and each may have thousands of keys. */
const MAX_PAGES = 100_000;

/**
 * Asks an aggregator of AWS Config for all trails, or all keys, that the accounts behind it have recorded. Each row is JSON text of
 * the columns that were asked for.
 *
 * @throws where the list cannot be had whole; CredentialsError where AWS does not take the credentials
 * @see https://docs.aws.amazon.com/config/latest/APIReference/API_SelectAggregateResourceConfig.html
 */
export const aggregatedRows = async (
  what: keyof typeof AGGREGATE_QUERIES,
  aggregator: string,
  { clients, caller, region, source }: Session,
): Promise<readonly string[]> => {
  const name = { service: 'config', operation: 'SelectAggregateResourceConfig', region };
  const client = clients.config();
  try {
    return await pages(
      (NextToken) =>
        caller.call(name, async (abortSignal) => {
          const command = new SelectAggregateResourceConfigCommand({
            ConfigurationAggregatorName: aggregator,
            Expression: AGGREGATE_QUERIES[what],
            Limit: PAGE,
            NextToken,
          });
          const { Results = [], NextToken: next } = await client.send(command, { abortSignal });
          return { entries: Results, next };
        }),
      { most: MAX_PAGES },
    );
  } catch (error) {
    if (isDenied(error)) throw new AccessDeniedError(deniedIn(region));
    if (nameOf(error) === 'NoSuchConfigurationAggregatorException') {
      throw new ServiceFaultError(absentIn(region, aggregator), { cause: error });
    }
    throw credentialProblemAtFirst(error, source) ?? explained(error, name);
  }
};

const deniedIn = (region: string): string =>
  `config:SelectAggregateResourceConfig is denied in ${region}. Allow it to your role or user.`;

const absentIn = (region: string, aggregator: string): string =>
  `There is no aggregator "${aggregator}" in ${region}. This lists those that there are: ` +
  `aws configservice describe-configuration-aggregators --region ${region}`;
