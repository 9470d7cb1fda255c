import type { JsonObject } from '../../src/core/json-value.js';
import { ACCOUNT, KEY_ARN, KEY_ID, REGION, TRAIL_ARN } from './builders.js';
import type { Answers, Call } from './stand-in.js';

/** What is true in an account that a stand-in plays: live trails, recorded rows, keys by ARN, and results that the rule holds. */
export type Account = {
  trails: readonly JsonObject[];
  recorded: readonly JsonObject[];
  keys: Readonly<Record<string, JsonObject | { readonly error: string }>>;
  policies: Readonly<Record<string, string>>;
  rotation: Readonly<Record<string, boolean>>;
  current: readonly (readonly [type: string, id: string])[];
  history: readonly JsonObject[];
  /** How many rows a page holds. */
  page: number;
  /** Those of the results put that AWS Config does not take. */
  refuse: (evaluations: readonly JsonObject[]) => readonly JsonObject[];
};

export const liveTrail = (overrides: JsonObject = {}): JsonObject => ({
  Name: 'audit',
  S3BucketName: 'logs',
  HomeRegion: REGION,
  TrailARN: TRAIL_ARN,
  IsMultiRegionTrail: true,
  IsOrganizationTrail: false,
  KmsKeyId: KEY_ARN,
  ...overrides,
});

/** A row of an advanced query. */
export const row = (configuration: JsonObject = {}, columns: JsonObject = {}): JsonObject => ({
  resourceId: 'audit',
  resourceName: 'audit',
  arn: TRAIL_ARN,
  accountId: ACCOUNT,
  awsRegion: REGION,
  configuration: {
    name: 'audit',
    trailARN: TRAIL_ARN,
    homeRegion: REGION,
    isOrganizationTrail: false,
    kmsKeyId: KEY_ARN,
    ...configuration,
  },
  ...columns,
});

export const metadata = (overrides: JsonObject = {}): JsonObject => ({
  AWSAccountId: ACCOUNT,
  KeyId: KEY_ID,
  Arn: KEY_ARN,
  KeyState: 'Enabled',
  KeyManager: 'CUSTOMER',
  KeySpec: 'SYMMETRIC_DEFAULT',
  KeyUsage: 'ENCRYPT_DECRYPT',
  Origin: 'AWS_KMS',
  ...overrides,
});

/** An account with one trail and its key, all well, but for what is said otherwise. */
export const account = (overrides: Partial<Account> = {}): Account => ({
  trails: [liveTrail()],
  recorded: [row()],
  keys: { [KEY_ARN]: metadata() },
  policies: {},
  rotation: {},
  current: [],
  history: [],
  page: 100,
  refuse: () => [],
  ...overrides,
});

/** Answers as AWS would for an account. */
export const answersFor = (of: Account): Answers => ({
  DescribeTrails: ({ body }) => ({
    trailList: of.trails.filter(
      ({ Name, TrailARN }) =>
        !body['trailNameList'] ||
        body['trailNameList'].some((name: string) => name === Name || name === TrailARN),
    ),
  }),
  SelectResourceConfig: ({ body }) =>
    paged(
      of.recorded.map((one) => JSON.stringify(one)),
      body['NextToken'],
      { of, list: 'Results', next: 'NextToken' },
    ),
  GetResourceConfigHistory: ({ body }) => {
    // The first page is empty, and says that there is more.
    if (!body['nextToken']) return { configurationItems: [], nextToken: 'more' };
    return { configurationItems: of.history };
  },
  GetComplianceDetailsByConfigRule: ({ body }) =>
    paged(
      of.current.map(([ResourceType, ResourceId]) => ({
        EvaluationResultIdentifier: { EvaluationResultQualifier: { ResourceType, ResourceId } },
      })),
      body['NextToken'],
      { of, list: 'EvaluationResults', next: 'NextToken' },
    ),
  DescribeKey: ({ body }) => {
    const key = of.keys[body['KeyId']];
    if (key === undefined)
      return { error: 'NotFoundException', message: `Key ${body['KeyId']} does not exist` };
    if ('malformed' in key) return {};
    return 'error' in key ? key : { KeyMetadata: key };
  },
  GetKeyPolicy: ({ body }) => {
    const Policy = of.policies[body['KeyId']];
    return Policy === undefined ? { error: 'AccessDeniedException' } : { Policy };
  },
  GetKeyRotationStatus: ({ body }) => {
    const KeyRotationEnabled = of.rotation[body['KeyId']];
    return KeyRotationEnabled === undefined ? { error: 'AccessDeniedException' } : { KeyRotationEnabled };
  },
  PutEvaluations: ({ body }) => ({ FailedEvaluations: of.refuse(body['Evaluations']) }),
  ListDiscoveredResources: ({ body }) =>
    paged(
      of.recorded.map(({ resourceId }) => ({ resourceType: 'AWS::CloudTrail::Trail', resourceId })),
      body['nextToken'],
      {
        of,
        list: 'resourceIdentifiers',
        next: 'nextToken',
      },
    ),
  BatchGetResourceConfig: ({ body }) => {
    // The last of several is left out at first, as AWS may do.
    const [...ids] = body['resourceKeys'].map(({ resourceId }: { resourceId: string }) => resourceId);
    const leftOut = ids.length > 1 ? ids.slice(-1) : [];
    const found = of.recorded.filter(
      ({ resourceId }) => ids.includes(resourceId) && !leftOut.includes(resourceId),
    );
    return {
      baseConfigurationItems: found.map((item) => ({
        ...item,
        resourceType: 'AWS::CloudTrail::Trail',
        configuration: JSON.stringify(item['configuration']),
      })),
      unprocessedResourceKeys: leftOut.map((resourceId: string) => ({
        resourceType: 'AWS::CloudTrail::Trail',
        resourceId,
      })),
    };
  },
});

type Paging = { readonly of: Account; readonly list: string; readonly next: string };

const paged = (
  entries: readonly unknown[],
  token: string | undefined,
  { of, list, next }: Paging,
): object => {
  const from = Number(token ?? 0);
  const to = from + of.page;
  return { [list]: entries.slice(from, to), ...(to < entries.length ? { [next]: String(to) } : {}) };
};

/** What was put, over all calls of PutEvaluations: resource and compliance code. */
export const putIn = (calls: readonly Call[]): readonly string[] =>
  calls
    .filter(({ operation }) => operation === 'PutEvaluations')
    .flatMap(({ body }) => body['Evaluations'])
    .map(({ ComplianceResourceId, Annotation }) => `${ComplianceResourceId} ${Annotation.split(':')[0]}`);

/** The operations that were called, in order. */
export const operationsIn = (calls: readonly Call[]): readonly string[] =>
  calls.map(({ operation }) => operation);
