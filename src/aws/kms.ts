import {
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  type KMSClient,
} from '@aws-sdk/client-kms';
import { parseArn } from '../core/arn.js';
import { messageOf } from '../core/errors.js';
import { isJsonObject, type JsonObject, parseJson } from '../core/json-value.js';
import {
  type Fact,
  type Key,
  type KeyLookupResult,
  type KeyReference,
  type KeySource,
  parseKeyMetadata,
} from '../core/key.js';
import type { KeyLookupOptions } from '../ports.js';
import { AccessDeniedError, codeOf, isUnreachable, ServiceFaultError } from './errors.js';
import { type Call, required } from './requests.js';

/** How KMS is called. */
export type KmsConnection = {
  /** The caller's own Region. */
  readonly region: string;
  /** The caller's ARN, for the message if KMS denies access. */
  readonly caller?: string;
  readonly kms: (region: string) => KMSClient;
  readonly call: Call;
};

/** Looks up keys in KMS, each in its own Region and by its full ARN. */
export const kmsKeys =
  (connection: KmsConnection) =>
  (options: KeyLookupOptions): KeySource => ({
    getKey: async (reference) => {
      const lookup = await describeKey(reference, connection);
      if (lookup.kind !== 'found' || !isUsable(lookup.key)) return lookup;
      const { key } = lookup;
      const [policy, rotation] = await Promise.all([
        options.checkKeyPolicy === 'false' ? key.policy : getPolicy(key, options.accountId, connection),
        options.requireKeyRotation ? getRotation(key, connection) : key.rotation,
      ]);
      return { kind: 'found', key: { ...key, policy, rotation } };
    },
  });

/** Policy and rotation matter only for a customer managed key that can be used. */
const isUsable = ({ manager, state }: Key): boolean =>
  manager === 'CUSTOMER' && (state === 'Enabled' || state === 'Updating');

/** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html */
const describeKey = async (
  reference: KeyReference,
  { region: ownRegion, caller, kms, call }: KmsConnection,
): Promise<KeyLookupResult> => {
  const { region, arn } = reference;
  try {
    return await call('kms:DescribeKey', region, async (options) => {
      const { KeyMetadata } = await kms(region).send(new DescribeKeyCommand({ KeyId: arn }), options);
      const metadata = { ...required(KeyMetadata, 'KeyMetadata') };
      const key = parseKeyMetadata(metadata, reference.kind === 'key' ? arn : undefined);
      if (!isAnswerTo(reference, key)) throw new Error(`the response is about another key, ${key.arn}`);
      return { kind: 'found', key };
    });
  } catch (error) {
    const result = lookupResultOf(error, { caller, isOwnRegion: region === ownRegion });
    if (result) return result;
    throw new ServiceFaultError(`Key ${arn} could not be looked up: ${messageOf(error)}`, { cause: error });
  }
};

/** The target of an alias is in the account and Region of the alias. */
const isAnswerTo = ({ kind, arn }: KeyReference, key: Key): boolean => {
  const [requested, found] = [parseArn(arn), parseArn(key.arn)];
  return (
    requested?.region === found?.region &&
    requested?.accountId === found?.accountId &&
    (kind === 'alias' || requested?.resource.toLowerCase() === found?.resource.toLowerCase())
  );
};

const MISSING = ['NotFoundException', 'InvalidArnException'];

/** The lookup result for an error of KMS, or undefined for a fault, after which the state of the key is unknown. */
const lookupResultOf = (
  error: unknown,
  { caller, isOwnRegion }: { readonly caller: string | undefined; readonly isOwnRegion: boolean },
): KeyLookupResult | undefined => {
  if (error instanceof AccessDeniedError) return { kind: 'unreadable', why: 'denied', caller };
  if (MISSING.includes(codeOf(error))) return { kind: 'missing', why: 'unknown' };
  return !isOwnRegion && isUnreachable(error) ? { kind: 'unreadable', why: 'region-unreachable' } : undefined;
};

/**
 * KMS returns a key policy only to the key's own account.
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
 */
const getPolicy = async (
  { arn }: Key,
  callerAccountId: string | undefined,
  { kms, call }: KmsConnection,
): Promise<Fact<JsonObject>> => {
  const { region = '', accountId } = parseArn(arn) ?? {};
  if (callerAccountId !== undefined && accountId !== callerAccountId) {
    return { kind: 'unavailable', why: 'other-account' };
  }
  return factFrom(
    call('kms:GetKeyPolicy', region, async (options) => {
      const command = new GetKeyPolicyCommand({ KeyId: arn, PolicyName: 'default' });
      const { Policy } = await kms(region).send(command, options);
      const policy = parseJson(required(Policy, 'Policy'));
      if (isJsonObject(policy)) return policy;
      throw new Error('the policy in the response is not a JSON object');
    }),
  );
};

/** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html */
const getRotation = async ({ arn, origin }: Key, { kms, call }: KmsConnection): Promise<Fact<boolean>> => {
  // KMS rotates only key material that it generated.
  if (origin !== undefined && origin !== 'AWS_KMS') return { kind: 'unavailable', why: 'not-recorded' };
  const { region = '' } = parseArn(arn) ?? {};
  return factFrom(
    call('kms:GetKeyRotationStatus', region, async (options) => {
      const command = new GetKeyRotationStatusCommand({ KeyId: arn });
      return required((await kms(region).send(command, options)).KeyRotationEnabled, 'KeyRotationEnabled');
    }),
  );
};

/** Errors by which KMS reports that a fact of the key is unavailable. Any other error is a fault. */
const UNAVAILABLE = [...MISSING, 'UnsupportedOperationException', 'KMSInvalidStateException'];

const factFrom = async <T>(response: Promise<T>): Promise<Fact<T>> => {
  try {
    return { kind: 'known', value: await response };
  } catch (error) {
    if (error instanceof AccessDeniedError || UNAVAILABLE.includes(codeOf(error))) {
      return { kind: 'unavailable', why: 'denied' };
    }
    throw error;
  }
};
