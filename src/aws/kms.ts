import {
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  type KMSClient,
} from '@aws-sdk/client-kms';
import { parseArn } from '../core/arn.js';
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
import type { Call } from './requests.js';

/** How KMS is called. */
export type KmsConnection = {
  /** The caller's own Region. */
  readonly region: string;
  readonly kms: (region: string) => KMSClient;
  readonly call: Call;
};

/** Looks up keys in KMS, each in its own Region and by its full ARN. */
export const kmsKeys =
  ({ region: ownRegion, kms, call }: KmsConnection) =>
  (question: KeyLookupOptions): KeySource => {
    /** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html */
    const describeKey = async ({ region, arn }: KeyReference): Promise<KeyLookupResult> => {
      try {
        return await call('kms:DescribeKey', region, async (options) => {
          const { KeyMetadata } = await kms(region).send(new DescribeKeyCommand({ KeyId: arn }), options);
          // A response without the metadata must not pass for a key with few known properties.
          if (KeyMetadata === undefined) {
            throw new ServiceFaultError(`kms:DescribeKey answered nothing about ${arn}`);
          }
          return { kind: 'found', key: parseKeyMetadata({ ...KeyMetadata }, arn) };
        });
      } catch (error) {
        const answer = answerIn(error, { isOwnRegion: region === ownRegion });
        if (answer) return answer;
        const message = error instanceof Error ? error.message : String(error);
        throw new ServiceFaultError(`Key ${arn} cannot be asked now: ${message}`, { cause: error });
      }
    };

    /**
     * KMS returns a key policy only to the key's own account.
     *
     * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
     */
    const getPolicy = async ({ arn }: Key): Promise<Fact<JsonObject>> => {
      const { region = '', accountId: owner } = parseArn(arn) ?? {};
      const { accountId } = question;
      if (accountId !== undefined && owner !== accountId)
        return { kind: 'unavailable', why: 'other-account' };
      return readingOf(
        call('kms:GetKeyPolicy', region, async (options) => {
          const command = new GetKeyPolicyCommand({ KeyId: arn, PolicyName: 'default' });
          const { Policy = '' } = await kms(region).send(command, options);
          const policy = parseJson(Policy);
          return isJsonObject(policy) ? policy : undefined;
        }),
      );
    };

    /** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html */
    const getRotation = async ({ arn, origin }: Key): Promise<Fact<boolean>> => {
      // KMS rotates only key material that it generated.
      if (origin !== undefined && origin !== 'AWS_KMS') return { kind: 'unavailable', why: 'not-recorded' };
      const { region = '' } = parseArn(arn) ?? {};
      return readingOf(
        call('kms:GetKeyRotationStatus', region, async (options) => {
          const command = new GetKeyRotationStatusCommand({ KeyId: arn });
          return (await kms(region).send(command, options)).KeyRotationEnabled;
        }),
      );
    };

    return {
      getKey: async (reference) => {
        const described = await describeKey(reference);
        if (described.kind !== 'found' || !isUsable(described.key)) return described;
        const { key } = described;
        const [policy, rotation] = await Promise.all([
          question.policy ? getPolicy(key) : key.policy,
          question.rotation ? getRotation(key) : key.rotation,
        ]);
        return { kind: 'found', key: { ...key, policy, rotation } };
      },
    };
  };

const MISSING = ['NotFoundException', 'InvalidArnException'];

/** What an error of KMS says about the key; undefined for a fault, which says nothing about it. */
const answerIn = (
  error: unknown,
  { isOwnRegion }: { readonly isOwnRegion: boolean },
): KeyLookupResult | undefined => {
  if (error instanceof AccessDeniedError) return { kind: 'unreadable', why: 'denied' };
  if (MISSING.includes(codeOf(error))) return { kind: 'missing', why: 'unknown' };
  return !isOwnRegion && isUnreachable(error) ? { kind: 'unreadable', why: 'region-unreachable' } : undefined;
};

/** Policy and rotation matter only for a customer managed key that can be used. */
const isUsable = ({ manager, state }: Key): boolean =>
  manager === 'CUSTOMER' && (state === 'Enabled' || state === 'Updating');

/** Errors by which KMS reports that a fact of the key cannot be known; any other is a fault. */
const NOT_KNOWABLE = [...MISSING, 'UnsupportedOperationException', 'KMSInvalidStateException'];

const readingOf = async <T>(response: Promise<T | undefined>): Promise<Fact<T>> => {
  try {
    const value = await response;
    return value === undefined ? { kind: 'unavailable', why: 'denied' } : { kind: 'known', value };
  } catch (error) {
    if (error instanceof AccessDeniedError || NOT_KNOWABLE.includes(codeOf(error))) {
      return { kind: 'unavailable', why: 'denied' };
    }
    throw error;
  }
};
