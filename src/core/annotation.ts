import { dayOf } from './instant.js';
import { compose, type Phrase, phrase } from './phrase.js';
import type { TrailSighting } from './trail.js';
import type { MissingKey, PolicyBlock, UncheckedPolicy, UnverifiableKey, Verdict } from './verdict.js';

/**
 * One finding in words: the code, the key, the consequence and the next step. 1 to 256 characters of printable ASCII; stable, so
 * that a verdict which did not change reads the same.
 *
 * @see https://docs.aws.amazon.com/config/latest/APIReference/API_Evaluation.html (Annotation)
 */
export const annotate = (verdict: Verdict, sighting: TrailSighting): string =>
  compose(verdict.code, phraseFor(verdict, sighting));

/** What is said of a resource that earlier results name and that is no longer there. */
export const annotateGone = (resourceId: string): string => compose('TRAIL_GONE', gone(resourceId));

const gone = (trail: string): Phrase =>
  phrase`Trail ${trail} was deleted or is no longer recorded, so there is nothing to judge. Find out why, if you did not intend it.`;

const phraseFor = (verdict: Verdict, { trail }: TrailSighting): Phrase => {
  switch (verdict.code) {
    case 'TRAIL_GONE':
      return gone(trail.arn);
    case 'TRAIL_IS_COPY':
      return phrase`This is a copy of trail ${trail.arn}, which only its home Region ${trail.homeRegion} can change. Read the verdict there.`;
    case 'TRAIL_OF_ORGANIZATION':
      return phrase`Trail ${trail.arn} belongs to account ${trail.ownerAccountId}, which alone can change it. It is judged there, if Trailkey runs in that account.`;
    case 'NO_KMS_KEY':
      return phrase`Trail ${trail.name} names no KMS key, so whoever can read its bucket can read its logs. Set a customer managed key with Trailkey-EncryptTrail.`;
    case 'KEY_PRESENT':
      return phrase`Key ${verdict.key} is named and was not asked whether it works. Set keyVerification to live to find out.`;
    case 'KEY_NOT_FOUND':
      return missing(verdict.key, verdict.why);
    case 'KEY_UNVERIFIABLE':
      return unverifiable(verdict.key, verdict.why);
    case 'KEY_NOT_CUSTOMER_MANAGED':
      return phrase`Key ${verdict.key} is managed by AWS, so its policy is out of your hands. Set a customer managed key with Trailkey-EncryptTrail.`;
    case 'KEY_WRONG_TYPE':
      return phrase`Key ${verdict.key} is of type ${verdict.type}, so CloudTrail cannot encrypt logs with it. Set a symmetric encryption key on the trail.`;
    case 'KEY_PENDING_DELETION':
      return doomed(verdict.key, verdict.deletionDate, verdict.overdue);
    case 'KEY_DISABLED':
      return phrase`Key ${verdict.key} is disabled, so CloudTrail delivers no logs. Enable the key (EnableKey) or set another on the trail.`;
    case 'KEY_PENDING_IMPORT':
      return phrase`The imported material of key ${verdict.key} is missing or has expired, so CloudTrail delivers no logs. Import it again or set another key.`;
    case 'KEY_UNAVAILABLE':
      return phrase`Key ${verdict.key} is in state ${verdict.state}, so CloudTrail delivers no logs. Bring it back (connect its key store) or set another key.`;
    case 'KEY_NOT_ALLOWED':
      return phrase`Key ${verdict.key} is not among the keys that kmsKeyArns allows, so others may control it. Set an allowed key on the trail.`;
    case 'KEY_POLICY_BLOCKS_CLOUDTRAIL':
      return blocked(verdict.key, verdict.why);
    case 'KEY_POLICY_OPEN':
      return phrase`The policy of key ${verdict.key} lets everyone decrypt, so the encryption protects nothing. Limit kms:Decrypt in the key policy.`;
    case 'KEY_MATERIAL_EXPIRING':
      return expiring(verdict.key, verdict.validTo, verdict.ended);
    case 'KEY_ROTATION_OFF':
      return phrase`Key ${verdict.key} does not rotate, so one key material protects all logs. Turn on automatic rotation (EnableKeyRotation).`;
    case 'CMK_USABLE':
      return usable(verdict.key, verdict.unchecked);
  }
};

const missing = (key: string, why: MissingKey): Phrase => {
  switch (why) {
    case 'unknown':
      return phrase`KMS knows no key ${key}, so CloudTrail delivers no logs. Set a key that exists on the trail with Trailkey-EncryptTrail.`;
    case 'deleted':
      return phrase`Key ${key} was deleted, so CloudTrail delivers no logs and those under it are unreadable. Set another key on the trail.`;
    case 'not-a-key':
      return phrase`${key} is no key ARN, alias or key id, so CloudTrail delivers no logs. Set a key that exists on the trail.`;
    case 'no-such-region':
      return phrase`${key} names no AWS Region, so KMS knows no such key and CloudTrail delivers no logs. Set a key that exists on the trail.`;
    case 'other-partition':
      return phrase`Key ${key} is in another partition than the trail, so CloudTrail delivers no logs. Set a key of the trail's partition.`;
  }
};

const unverifiable = (key: string, why: UnverifiableKey): Phrase => {
  switch (why) {
    case 'denied':
      return phrase`KMS refuses to describe key ${key}, so nobody can tell if logs arrive. Grant Trailkey's role kms:DescribeKey in the key policy and in IAM.`;
    case 'not-in-input':
      return phrase`The input holds nothing on key ${key}, so nobody can tell if logs arrive. Add the snapshot or the DescribeKey output of its account and Region.`;
    case 'alias-not-in-input':
      return phrase`The input does not tell which key alias ${key} stands for, so nobody can tell if logs arrive. Add the list-aliases output of its account and Region.`;
    case 'region-unreachable':
      return phrase`The Region of key ${key} cannot be reached, so nobody can tell if logs arrive. Enable that Region for the account, or set another key.`;
    case 'incomplete':
      return phrase`What is recorded of key ${key} lacks its state or manager, so nobody can tell if logs arrive. Record keys in AWS Config or add DescribeKey output.`;
    case 'rotation-unread':
      return phrase`Nobody can tell if key ${key} rotates: its rotation status cannot be read. Grant kms:GetKeyRotationStatus or record the key in AWS Config.`;
  }
};

const doomed = (key: string, deletionDate: number | undefined, overdue: boolean): Phrase => {
  if (deletionDate === undefined) {
    return phrase`Key ${key} waits for deletion: no logs arrive, and those under it become unreadable for ever. Cancel the deletion, then enable the key.`;
  }
  return overdue
    ? phrase`Key ${key} was to be deleted on ${dayOf(deletionDate)} and may be gone, with all logs under it. If it is still there, cancel the deletion now, then enable it.`
    : phrase`Key ${key} will be deleted on ${dayOf(deletionDate)}: no logs arrive, and those under it become unreadable. Cancel the deletion, then enable the key.`;
};

const blocked = (key: string, why: PolicyBlock): Phrase => {
  switch (why) {
    case 'denied':
      return phrase`The policy of key ${key} denies CloudTrail, so no logs arrive. Take the trail out of that Deny.`;
    case 'not-allowed':
      return phrase`The policy of key ${key} does not let CloudTrail use it for this trail, so no logs arrive. Allow it kms:GenerateDataKey*.`;
  }
};

const expiring = (key: string, validTo: number, ended: boolean): Phrase =>
  ended
    ? phrase`The material of key ${key} ended on ${dayOf(validTo)}, so CloudTrail delivers no logs. Import it again with a later expiry.`
    : phrase`The material of key ${key} ends on ${dayOf(validTo)}; from then on CloudTrail delivers no logs. Import it again with a later expiry.`;

const usable = (key: string, unchecked: UncheckedPolicy | undefined): Phrase => {
  switch (unchecked) {
    case undefined:
      return phrase`Key ${key} is customer managed and in a state in which CloudTrail can use it. No action is needed.`;
    case 'not-recorded':
      return phrase`Key ${key} is customer managed and can be used; its policy was not checked, for it was not recorded. Record keys in AWS Config.`;
    case 'denied':
      return phrase`Key ${key} is customer managed and can be used; its policy was not checked, for it may not be read. Grant kms:GetKeyPolicy.`;
    case 'other-account':
      return phrase`Key ${key} is customer managed and can be used; its policy was not checked, for KMS shows it to its own account alone. Check it there.`;
  }
};
