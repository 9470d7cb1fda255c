import { examine } from './core/decide.js';
import { type Finding, findingOf } from './core/finding.js';
import type { KeyAnswer } from './core/key.js';
import type { RuleParameters } from './core/rule-parameters.js';
import type { TrailSighting } from './core/trail.js';
import type { KeySource } from './ports.js';

/** What a judgement needs from the world. `now` is in milliseconds since 1970. */
export type World = {
  readonly keys: KeySource;
  readonly parameters: RuleParameters;
  readonly now: number;
};

/** No key is asked where the trail settles the matter. */
const NOT_ASKED: KeyAnswer = { kind: 'unreadable', why: 'not-in-input' };

/**
 * Judges trails: asks for the keys that matter and gives one finding for each trail, in the order given.
 *
 * @throws whatever the key source throws: what cannot be asked is not judged
 */
export const judgeTrails = (sightings: readonly TrailSighting[], world: World): Promise<readonly Finding[]> =>
  Promise.all(sightings.map((sighting) => judgeTrail(sighting, world)));

/**
 * Judges one trail.
 *
 * @throws whatever the key source throws
 */
export const judgeTrail = async (
  sighting: TrailSighting,
  { keys, parameters, now }: World,
): Promise<Finding> => {
  const examination = examine(sighting, parameters);
  const answer = examination.kind === 'ask' ? await keys.lookUp(examination.reference) : NOT_ASKED;
  return findingOf({ sighting, answer, parameters, now });
};

/** A key source that asks for each key once, however many trails name it, and however often. */
export const oncePerKey = (keys: KeySource): KeySource => {
  const answers = new Map<string, Promise<KeyAnswer>>();
  return {
    lookUp: (reference) => {
      const known = answers.get(reference.arn) ?? keys.lookUp(reference);
      answers.set(reference.arn, known);
      return known;
    },
  };
};
