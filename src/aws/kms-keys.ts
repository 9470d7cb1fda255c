import type { KeyMetadata } from '@aws-sdk/client-kms';
import {
  type Key,
  type KeyLookupResult,
  type KeyReference,
  type KeySource,
  parseKeyMetadata,
} from '../core/key.js';
import type { KeyLookupOptions } from '../ports.js';
import { type Caller, type CallName, explained, isDenied } from './call.js';
import type { KmsClients } from './clients.js';
import { nameOf, ServiceFaultError } from './errors.js';
import { readPolicy, readRotation } from './kms-key-readings.js';

/**
 * Asks KMS for keys, each in its own Region and by its full ARN.
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html
 */
export const kmsKeys = (clients: KmsClients, caller: Caller, question: KeyLookupOptions): KeySource => ({
  getKey: async (reference) => {
    const described = await describe(reference, clients, caller);
    if (described.kind !== 'found') return described;
    return { kind: 'found', key: await completed(described.key, { clients, caller, question }) };
  },
});

const describe = async (
  reference: KeyReference,
  clients: KmsClients,
  caller: Caller,
): Promise<KeyLookupResult> => {
  const { region, arn } = reference;
  const name = { service: 'kms', operation: 'DescribeKey', region };
  try {
    const { KeyMetadata } = await caller.call(name, (abortSignal) =>
      clients.kms(region).describeKey({ KeyId: arn }, abortSignal),
    );
    return { kind: 'found', key: keyIn(KeyMetadata, arn) };
  } catch (error) {
    return answerTo(error, region === clients.region) ?? fail(error, arn, name);
  }
};

/** An answer without the metadata is none: it must not pass for a key of which little is known. */
const keyIn = (metadata: KeyMetadata | undefined, arn: string): Key => {
  if (metadata === undefined) throw new ServiceFaultError(`kms:DescribeKey answered nothing about ${arn}`);
  return parseKeyMetadata({ ...metadata }, arn);
};

const fail = (error: unknown, arn: string, name: CallName): never => {
  const { message } = explained(error, name);
  throw new ServiceFaultError(`Key ${arn} cannot be asked now: ${message}`, { cause: error });
};

/** What KMS says by an error; undefined for a fault, which says nothing about the key. */
const answerTo = (error: unknown, isOwnRegion: boolean): KeyLookupResult | undefined => {
  if (isDenied(error)) return { kind: 'unreadable', why: 'denied' };
  switch (nameOf(error)) {
    case 'NotFoundException':
    case 'InvalidArnException':
      return { kind: 'missing', why: 'unknown' };
    default:
      return !isOwnRegion && isUnreachable(error)
        ? { kind: 'unreadable', why: 'region-unreachable' }
        : undefined;
  }
};

const UNREACHABLE = ['UnrecognizedClientException', 'InvalidClientTokenId', 'OptInRequired'];

/** A Region that is not enabled does not know our credentials; one that does not exist is not known to DNS. */
export const isUnreachable = (error: unknown): boolean =>
  UNREACHABLE.includes(nameOf(error)) ||
  (error instanceof Error && 'code' in error && error.code === 'ENOTFOUND');

type Asking = { readonly clients: KmsClients; readonly caller: Caller; readonly question: KeyLookupOptions };

/** Asks for policy and rotation where they can still matter: of a customer managed key that can be used. */
const completed = async (key: Key, { clients, caller, question }: Asking): Promise<Key> => {
  const matters = key.manager === 'CUSTOMER' && (key.state === 'Enabled' || key.state === 'Updating');
  if (!matters) return key;
  const [policy, rotation] = await Promise.all([
    question.policy ? readPolicy(key.arn, { clients, caller, accountId: question.accountId }) : key.policy,
    question.rotation ? readRotation(key, { clients, caller }) : key.rotation,
  ]);
  return { ...key, policy, rotation };
};
