import { type Call, type ErrorAnswer, type Faults, type StandIn, startStandIn } from '../stand-in.js';
import { dueIn, passTime } from './deliveries.js';
import { checkBody, OPERATIONS } from './operations.js';
import { ACCOUNT, NOW, OTHER_KEY, REGION, TARGET_KEY, worldBucket, worldKey, worldTrail } from './parts.js';
import { Refusal, type World } from './state.js';

export type { World } from './state.js';

/** An account with a trail, its bucket, two keys and an alias of the first, but for what is said otherwise. */
export const world = (overrides: Partial<World> = {}): World => ({
  now: NOW,
  accountId: ACCOUNT,
  partition: 'aws',
  trails: [worldTrail()],
  keys: [worldKey(), worldKey({ arn: OTHER_KEY })],
  aliases: [{ name: 'alias/trailkey', region: REGION, target: TARGET_KEY }],
  buckets: [worldBucket()],
  rules: ['cloudtrail-cmk-usable'],
  page: 100,
  log: [],
  onChange: () => {},
  ...overrides,
});

/** Starts the services of a world. Faults are played before the world hears of a call. */
export const startWorld = (of: World, faults?: Faults): Promise<StandIn> =>
  startStandIn(
    () => Object.fromEntries(Object.keys(OPERATIONS).map((name) => [name, (call: Call) => answer(of, call)])),
    faults,
  );

const answer = (of: World, { service, operation, region, body }: Call): object => {
  const known = OPERATIONS[operation];
  if (known?.service !== service) return { error: 'UnknownOperationException' };
  if (region === '') return { error: 'MissingAuthenticationTokenException' };
  try {
    checkBody(known, body);
    return known.answer({ world: of, region, body });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { error: error.name, message: error.message } satisfies ErrorAnswer;
  }
};

/** Moves time: trails deliver, keys come to their next state, and those that waited for deletion are gone. */
export const advance = (of: World, seconds: number): void => {
  let left = seconds;
  while (left > 0) {
    const step = Math.min(left, ...nextIn(of));
    left -= step;
    of.now += step * 1000;
    settleKeys(of, step);
    for (const trail of of.trails) passTime(of, trail, step);
  }
};

/** In how many seconds something happens. */
const nextIn = ({ now, trails, keys }: World): readonly number[] =>
  [
    ...trails.map(dueIn),
    ...keys.flatMap(({ becomes }) => becomes?.after ?? []),
    ...keys.flatMap(({ state, deletionDate }) =>
      state === 'PendingDeletion' && deletionDate !== undefined ? (deletionDate - now) / 1000 : [],
    ),
  ].filter((due) => due > 0);

const settleKeys = (of: World, seconds: number): void => {
  for (const key of of.keys) {
    if (!key.becomes) continue;
    key.becomes.after -= seconds;
    if (key.becomes.after > 0) continue;
    key.state = key.becomes.state;
    key.becomes = undefined;
  }
  of.keys = of.keys.filter(
    ({ state, deletionDate = Number.POSITIVE_INFINITY }) =>
      state !== 'PendingDeletion' || deletionDate > of.now,
  );
};
