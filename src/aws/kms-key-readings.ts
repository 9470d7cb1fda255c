import { parseArn } from '../core/arn.js';
import { isJsonObject, type JsonObject, parseJson } from '../core/json-value.js';
import type { Fact, Key } from '../core/key.js';
import { type Caller, type CallName, explained, isDenied } from './call.js';
import type { KmsClients } from './clients.js';
import { nameOf } from './errors.js';

type Means = { readonly clients: KmsClients; readonly caller: Caller };

/**
 * Reads the policy of a key. KMS shows it to the key's own account alone, so another's is not asked for.
 *
 * @throws where KMS cannot be asked now
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
 */
export const readPolicy = async (
  keyArn: string,
  { clients, caller, accountId }: Means & { readonly accountId: string | undefined },
): Promise<Fact<JsonObject>> => {
  const { region = '', accountId: owner } = parseArn(keyArn) ?? {};
  if (accountId !== undefined && owner !== accountId) return { kind: 'unavailable', why: 'other-account' };
  return reading({ service: 'kms', operation: 'GetKeyPolicy', region }, async (name) => {
    const { Policy = '' } = await caller.call(name, (abortSignal) =>
      clients.kms(region).getKeyPolicy({ KeyId: keyArn, PolicyName: 'default' }, abortSignal),
    );
    const policy = parseJson(Policy);
    return isJsonObject(policy) ? policy : undefined;
  });
};

/**
 * Reads whether a key rotates.
 *
 * @throws where KMS cannot be asked now
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html
 */
export const readRotation = async (
  { arn, origin }: Key,
  { clients, caller }: Means,
): Promise<Fact<boolean>> => {
  // KMS rotates only what it made itself: of other keys the question is not asked.
  if (origin !== undefined && origin !== 'AWS_KMS') return { kind: 'unavailable', why: 'not-recorded' };
  const { region = '' } = parseArn(arn) ?? {};
  return reading({ service: 'kms', operation: 'GetKeyRotationStatus', region }, async (name) => {
    const { KeyRotationEnabled } = await caller.call(name, (abortSignal) =>
      clients.kms(region).getKeyRotationStatus({ KeyId: arn }, abortSignal),
    );
    return KeyRotationEnabled;
  });
};

/** Errors by which KMS says that this cannot be known of the key; any other is a fault. */
const NOT_TO_BE_KNOWN = [
  'NotFoundException',
  'UnsupportedOperationException',
  'KMSInvalidStateException',
  'InvalidArnException',
];

const reading = async <T>(
  name: CallName,
  ask: (name: CallName) => Promise<T | undefined>,
): Promise<Fact<T>> => {
  try {
    const value = await ask(name);
    return value === undefined ? { kind: 'unavailable', why: 'denied' } : { kind: 'known', value };
  } catch (error) {
    if (isDenied(error) || NOT_TO_BE_KNOWN.includes(nameOf(error)))
      return { kind: 'unavailable', why: 'denied' };
    throw explained(error, name);
  }
};
