import { messageOf } from '../../src/core/errors.js';
import { type Print, saveState } from './runner.js';
import type { Stage } from './stage.js';

/** CloudTrail delivers to the bucket for minutes after the trail was deleted. */
const ATTEMPTS = 6;
const PAUSE_MS = 60_000;

type Removal = { readonly what: string; readonly remove: () => Promise<void> };

/**
 * Removes everything that a run created, and returns what could not be removed, with the reason. The bucket is last: it contains the
 * state, with which another process continues.
 */
export const cleanUp = async (stage: Stage, print: Print): Promise<readonly string[]> => {
  const { account, state } = stage;
  const { names, runId, trailArn } = state;
  state.isEnding = true;
  if (state.results.length > 0) await saveState(stage, print);
  const left = [
    await attempt(
      {
        what: `automations for trail ${names.trail}`,
        remove: () => account.documents.cancelAll([names.trail, trailArn]),
      },
      stage,
    ),
    await attempt(
      { what: `trail ${names.trail}`, remove: () => account.trail.remove(trailArn, runId) },
      stage,
    ),
    await attempt(
      {
        what: `EventBridge rule ${names.eventRule} and log group ${names.logGroup}`,
        remove: () => account.events.remove(names),
      },
      stage,
    ),
    ...(await removeKeys(stage)),
  ].filter((one) => one !== undefined);
  const bucket = `bucket ${names.bucket}`;
  const bucketLeft =
    left.length === 0
      ? await attempt({ what: bucket, remove: () => account.bucket.remove(names.bucket) }, stage)
      : `${bucket}: kept, so that the next run continues the clean-up`;
  return [...left, ...(bucketLeft === undefined ? [] : [bucketLeft])];
};

const removeKeys = async (stage: Stage): Promise<readonly (string | undefined)[]> => {
  const { account, state } = stage;
  const keys = new Set(Object.values(state.keys));
  const search = await attempt(
    {
      what: 'keys that were created without a response',
      remove: async () => {
        for (const { arn } of await account.keys.list(state.runId)) keys.add(arn);
      },
    },
    stage,
  );
  const left = [];
  for (const arn of keys) {
    const remove = () => account.keys.scheduleDeletion(arn);
    left.push(await attempt({ what: `key ${arn}`, remove }, stage));
  }
  return [search, ...left];
};

/** Returns undefined if a removal succeeds. */
const attempt = async ({ what, remove }: Removal, { pause }: Stage): Promise<string | undefined> => {
  let reason = '';
  for (let count = 1; count <= ATTEMPTS; count += 1) {
    try {
      await remove();
      return undefined;
    } catch (error) {
      reason = messageOf(error);
      if (count < ATTEMPTS) await pause(PAUSE_MS, new AbortController().signal);
    }
  }
  return `${what}: ${reason}`;
};
