/** The tag of everything that a run creates. Its value is the ID of the run. */
export const RUN_TAG = 'trailkey-acceptance';

/** The tag that distinguishes the keys of a run. */
export const KEY_TAG = 'trailkey-acceptance-key';

/** The keys of a run: the trail starts with the first, and the remediation sets the second. */
export const KEY_ROLES = ['first', 'second'] as const;

/** One of `first` and `second`. */
export type KeyRole = (typeof KEY_ROLES)[number];

/** The names of what a run creates, which contain its ID. */
export const namesFor = (runId: string, region: string) => ({
  bucket: `${bucketPrefix(region)}${runId}`,
  trail: `trailkey-acceptance-${runId}`,
  eventRule: `trailkey-acceptance-${runId}`,
  // AWS requires this prefix for the target of a rule.
  logGroup: `/aws/events/trailkey-acceptance-${runId}`,
});

/** The names of the buckets of all runs in a Region begin with it. */
export const bucketPrefix = (region: string): string => `trailkey-acceptance-${region}-`;
