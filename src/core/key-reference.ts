import { isAccountId, isRegion, parseArn } from './arn.js';
import type { Trail } from './trail.js';

/** Why a text can name no key that KMS knows. */
export type ReferenceFault = 'not-a-key' | 'no-such-region' | 'other-partition';

/**
 * The key that a trail names, completed by the trail's own partition, Region and account where the text leaves them out.
 *
 * `written` is the text as the trail has it; `arn` is the ARN of the key or alias that it stands for.
 */
export type KeyReference = {
  readonly kind: 'key' | 'alias';
  readonly written: string;
  readonly arn: string;
  readonly region: string;
  readonly accountId: string;
};

/** A text that names no key, and why. */
export type InvalidReference = {
  readonly kind: 'invalid';
  readonly written: string;
  readonly fault: ReferenceFault;
};

const KEY_ID = /^(mrk-)?[0-9a-f]+(-[0-9a-f]+)*$/i;
const KEY_RESOURCE = /^key\/[A-Za-z0-9-]+$/;
const ALIAS_RESOURCE = /^alias\/[A-Za-z0-9/_-]+$/;

/**
 * Reads a trail's `kmsKeyId`: a key ARN, an alias ARN, an alias or a bare key id, of any partition, `mrk-` keys included.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateTrail.html (KmsKeyId)
 */
export const parseKeyReference = (kmsKeyId: string, trail: Trail): KeyReference | InvalidReference => {
  const written = kmsKeyId.trim();
  const resource = resourceIn(written, trail);
  if (typeof resource === 'string') return { kind: 'invalid', written, fault: resource };
  const { partition, region, accountId, path } = resource;
  const kind = path.startsWith('key/') ? 'key' : 'alias';
  return { kind, written, arn: `arn:${partition}:kms:${region}:${accountId}:${path}`, region, accountId };
};

/** Tells whether a text is the ARN of a KMS key (not of an alias), in any partition. */
export const isKeyArn = (text: string): boolean => {
  const arn = parseArn(text);
  return (
    arn?.service === 'kms' &&
    isRegion(arn.region) &&
    isAccountId(arn.accountId) &&
    KEY_RESOURCE.test(arn.resource)
  );
};

type Resource = {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly path: string;
};

const resourceIn = (written: string, trail: Trail): Resource | ReferenceFault => {
  if (written.startsWith('arn:')) return resourceOfArn(written, trail);
  const home = { partition: trail.partition, region: trail.homeRegion, accountId: trail.ownerAccountId };
  if (ALIAS_RESOURCE.test(written)) return { ...home, path: written };
  return KEY_ID.test(written) ? { ...home, path: `key/${written}` } : 'not-a-key';
};

const resourceOfArn = (written: string, trail: Trail): Resource | ReferenceFault => {
  const arn = parseArn(written);
  if (arn?.service !== 'kms' || !isAccountId(arn.accountId)) return 'not-a-key';
  if (!KEY_RESOURCE.test(arn.resource) && !ALIAS_RESOURCE.test(arn.resource)) return 'not-a-key';
  if (!isRegion(arn.region)) return 'no-such-region';
  if (arn.partition !== trail.partition) return 'other-partition';
  return { partition: arn.partition, region: arn.region, accountId: arn.accountId, path: arn.resource };
};
