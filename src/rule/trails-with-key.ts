import { attemptEach, type Failure } from '../core/attempt.js';
import type { ConfigurationItem } from '../core/configuration-item.js';
import { examine } from '../core/decide.js';
import { FormatError } from '../core/errors.js';
import { textOf } from '../core/json-value.js';
import { parseKeyReference } from '../core/key-reference.js';
import type { TrailSighting } from '../core/trail.js';
import type { World } from '../evaluate.js';

/**
 * The ARN of the key that an event tells of. Its summary is enough.
 *
 * @throws FormatError where the item holds none
 */
export const changedKeyArn = ({ arn, configuration, resourceId }: ConfigurationItem): string => {
  const keyArn = arn ?? textOf(configuration ?? {}, ['arn']);
  if (keyArn !== undefined) return keyArn;
  throw new FormatError(`field "ARN" of AWS::KMS::Key "${resourceId}" is absent: expected the key's ARN`);
};

/** Those of the trails that name a key, and those of which that could not be learnt. */
export const trailsWithKey = async (
  keyArn: string,
  sightings: readonly TrailSighting[],
  world: World,
): Promise<{ readonly sightings: readonly TrailSighting[]; readonly failures: readonly Failure[] }> => {
  const { done, failures } = await attemptEach(sightings, async (sighting) => ({
    sighting,
    matches: await namesKey(sighting, keyArn, world),
  }));
  return { sightings: done.filter(({ matches }) => matches).map(({ sighting }) => sighting), failures };
};

/** A key is compared by its ARN; of an alias KMS says which key it stands for. */
const namesKey = async (
  sighting: TrailSighting,
  keyArn: string,
  { keys, parameters }: World,
): Promise<boolean> => {
  const { trail } = sighting;
  if (trail.kmsKeyId === undefined) return false;
  const reference = parseKeyReference(trail.kmsKeyId, trail);
  if (reference.kind !== 'alias') return reference.kind === 'key' && reference.arn === keyArn;
  if (examine(sighting, parameters).kind === 'settled') return false;
  const answer = await keys.lookUp(reference);
  return answer.kind === 'found' && answer.key.arn === keyArn;
};
