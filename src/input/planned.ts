import { FormatError } from '../core/errors.js';
import { isJsonObject, type JsonObject } from '../core/json-value.js';
import type { Alias, Key, KeyLookupResult } from '../core/key.js';
import { observedIn } from '../core/trail.js';
import type { RecordedTrail } from './inventory.js';

/** The trails, keys and aliases that infrastructure as code defines, before or after its deployment. */
export type Planned = {
  readonly trails: readonly RecordedTrail[];
  /** Only keys and aliases whose ARNs are known. */
  readonly keys: readonly Key[];
  readonly aliases: readonly Alias[];
  /** A clause for each part that could not be resolved. */
  readonly problems: readonly string[];
  /** A clause for each part that is not evaluated and can contain trails. */
  readonly notes: readonly string[];
};

/** Where a template is deployed, as far as it is known. */
export type Deployment = { readonly partition: string; readonly accountId: string; readonly region: string };

/** The account and the Region of a template that contains neither. */
export const UNKNOWN_DEPLOYMENT: Deployment = {
  partition: 'aws',
  accountId: '000000000000',
  region: 'unknown',
};

/** The properties of a key in a template. Undefined if they are known only after the deployment. */
export type PlannedKeyProperties = {
  readonly enabled: boolean;
  readonly spec: string | undefined;
  readonly usage: string | undefined;
  readonly origin: string | undefined;
  readonly rotation: boolean | undefined;
  readonly policy: Key['policy'];
};

/** The number of expressions of a template or a plan that have been resolved so far. */
export type Steps = { count: number };

/** Expressions that refer to others twice can take exponential time. The largest templates need far fewer steps. */
const MAX_STEPS = 1_000_000;

/**
 * Counts an expression.
 *
 * @throws FormatError after too many
 */
export const countStep = (steps: Steps): void => {
  steps.count += 1;
  if (steps.count > MAX_STEPS) {
    throw new FormatError(`resolving the expressions takes more than ${MAX_STEPS} steps`);
  }
};

/** A value that is known only after the deployment. */
export const AFTER_APPLY = { kind: 'unavailable', why: 'after-apply' } as const;

/** The lookup result for a key that is known only after the deployment. */
export const KEY_AFTER_APPLY: KeyLookupResult = { kind: 'unreadable', why: 'after-apply' };

/** Returns a key of a template. `name` is its ARN, or its name in the template. */
export const createPlannedKey = (name: string, properties: PlannedKeyProperties): Key => {
  const { enabled, rotation, ...rest } = properties;
  return {
    ...rest,
    arn: name,
    // KMS creates a key for imported key material without the material.
    state: enabled ? 'Enabled' : 'Disabled',
    manager: 'CUSTOMER',
    deletionDate: undefined,
    validTo: undefined,
    rotation: rotation === undefined ? AFTER_APPLY : { kind: 'known', value: rotation },
  };
};

/** A trail of a template. */
export type PlannedTrail = {
  readonly name: string;
  /** Undefined if it is known only after the deployment. */
  readonly arn: string | undefined;
  readonly isOrganizationTrail: boolean;
  readonly kmsKeyId: string | undefined;
  readonly plannedKey: KeyLookupResult | undefined;
  readonly location: RecordedTrail['location'];
  readonly definedAs: string;
};

/** Returns a trail of a template, observed where it is deployed. */
export const createPlannedTrail = (
  { name, arn, isOrganizationTrail, kmsKeyId, plannedKey, location, definedAs }: PlannedTrail,
  { partition, accountId, region }: Deployment,
): RecordedTrail => ({
  observed: observedIn(
    { accountId, region },
    {
      arn: arn ?? `arn:${partition}:cloudtrail:${region}:${accountId}:trail/${name}`,
      name,
      homeRegion: region,
      partition,
      ownerAccountId: accountId,
      isOrganizationTrail,
      kmsKeyId,
    },
  ),
  plannedKey,
  location,
  definedAs: arn === undefined ? definedAs : undefined,
});

/**
 * The policy that KMS sets on a key without one: the account can use it, by its IAM policies, and CloudTrail cannot.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
export const defaultKeyPolicy = ({ partition, accountId }: Deployment): JsonObject => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
      Action: 'kms:*',
      Resource: '*',
    },
  ],
});

/**
 * The policy of a key in a template. It is not known if it depends on the deployment, or on the ARN of the key, which the template does
 * not contain.
 */
export const plannedPolicy = (policy: JsonObject, deployment: Deployment): Key['policy'] => {
  const dependsOnKey = statementsIn(policy).some(
    ({ Resource, NotResource }) =>
      NotResource !== undefined || [Resource].flat().some((one) => one !== '*' && one !== undefined),
  );
  return dependsOnKey ? AFTER_APPLY : policyFor(policy, deployment);
};

/** The policy of a key for a trail in a template. It is not known if it depends on an account or a Region that the template does not contain. */
export const policyFor = (policy: JsonObject, { accountId, region }: Deployment): Key['policy'] => {
  const conditions = JSON.stringify(statementsIn(policy).map(({ Condition = {} }) => Condition));
  const dependsOnAccount = accountId === UNKNOWN_DEPLOYMENT.accountId && OTHER_ACCOUNT.test(conditions);
  const dependsOnRegion = region === UNKNOWN_DEPLOYMENT.region && OTHER_REGION.test(conditions);
  return dependsOnAccount || dependsOnRegion ? AFTER_APPLY : { kind: 'known', value: policy };
};

const statementsIn = (policy: JsonObject): readonly JsonObject[] =>
  [policy['Statement']].flat().filter(isJsonObject);

/** A policy of which a condition depends on the name of a trail. */
export const dependsOnTrailName = (policy: Key['policy']): boolean =>
  policy.kind === 'known' && TRAIL_NAME.test(JSON.stringify(policy.value));

const TRAIL_NAME = /:cloudtrail:[^"]*:trail\/(?!\*")/;
const OTHER_ACCOUNT = /\b(?!0{12})\d{12}\b/;
const OTHER_REGION = /:cloudtrail:(?!unknown:|\*:)[a-z]/;
