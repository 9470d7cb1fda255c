import { annotate } from './annotation.js';
import { type Compliance, gradeOf, type Severity } from './catalogue.js';
import { TRAIL_TYPE } from './configuration-item.js';
import { decide, examine, type Facts } from './decide.js';
import type { KeyAnswer } from './key.js';
import type { KeyReference } from './key-reference.js';
import { type Unchecked, uncheckedBy } from './unchecked.js';
import type { VerdictCode } from './verdict.js';

/** What was learnt of the key that was asked: null for what the answer lacks. */
export type FindingKey = {
  readonly arn: string | null;
  readonly state: string | null;
  readonly manager: string | null;
};

/** One trail, judged. This is the shape of a finding in the JSON report: its fields are public API. */
export type Finding = {
  /** The account and Region in which the trail was seen. */
  readonly accountId: string;
  readonly region: string;
  readonly resourceType: typeof TRAIL_TYPE;
  readonly resourceId: string;
  readonly trailArn: string;
  readonly trailName: string;
  readonly homeRegion: string;
  readonly kmsKeyId: string | null;
  /** Null where no key was asked. */
  readonly key: FindingKey | null;
  readonly code: VerdictCode;
  readonly severity: Severity;
  readonly compliance: Compliance;
  readonly annotation: string;
  /** What nobody looked at, where a verdict that finds nothing wrong leaves something; not there otherwise. */
  readonly unchecked?: readonly Unchecked[];
};

/** Judges one trail and says everything about it that a report needs. */
export const findingOf = (facts: Facts): Finding => {
  const { sighting, parameters } = facts;
  const examination = examine(sighting, parameters);
  const verdict = decide(facts);
  const unchecked = uncheckedBy(verdict, facts);
  return {
    accountId: sighting.accountId,
    region: sighting.region,
    resourceType: TRAIL_TYPE,
    resourceId: sighting.resourceId,
    trailArn: sighting.trail.arn,
    trailName: sighting.trail.name,
    homeRegion: sighting.trail.homeRegion,
    kmsKeyId: sighting.trail.kmsKeyId ?? null,
    key: examination.kind === 'ask' ? keyOf(examination.reference, facts.answer) : null,
    code: verdict.code,
    ...gradeOf(verdict, parameters),
    annotation: annotate(verdict, sighting),
    ...(unchecked.length > 0 && { unchecked }),
  };
};

const keyOf = (reference: KeyReference, answer: KeyAnswer): FindingKey => {
  if (answer.kind !== 'found') {
    return { arn: reference.kind === 'key' ? reference.arn : null, state: null, manager: null };
  }
  const { arn, state = null, manager = null } = answer.key;
  return { arn, state, manager };
};
