import { beforeAll, describe, expect, it } from 'vitest';
import { account, answersFor, row } from '../support/account.js';
import { keyItem, REGION } from '../support/builders.js';
import { type Invoked, invokeAt } from '../support/invoke.js';
import { changeOf, scheduled } from '../support/rule-event.js';
import { type Call, type StandIn, startStandIn } from '../support/stand-in.js';

// What AWS Config does when an evaluation is started, with thousands of recorded keys: one invocation for each, and one for the schedule.
/** The requests that the stand-in accepts in a second. AWS does not document the quota of the query. */
const QUERIES_PER_SECOND = 20;

const keyEvent = (index: number) => {
  const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
  const arn = `arn:aws:kms:${REGION}:111122223333:key/${id}`;
  return changeOf(keyItem({ arn, keyId: id }, { ARN: arn, resourceId: id }));
};

/** Accepts a number of queries in each second. */
const quota = () => {
  let [second, used] = [0, 0];
  return ({ operation }: Call) => {
    if (operation !== 'SelectResourceConfig') return undefined;
    const now = Math.floor(Date.now() / 1000);
    if (now !== second) [second, used] = [now, 0];
    used += 1;
    return used > QUERIES_PER_SECOND ? ('throttle' as const) : undefined;
  };
};

/** How many keys are recorded, and how many invocations run at the same time. */
type Load = { readonly keys: number; readonly environments: number };

type Measured = {
  readonly invoked: readonly Omit<Invoked, 'calls'>[];
  readonly seconds: number;
  readonly calls: readonly Call[];
  readonly afterwards: Omit<Invoked, 'calls'>;
};

/** Invokes the function for each key, as many at the same time as there are execution environments, and then for the schedule. */
const measure = async ({ keys, environments }: Load): Promise<Measured> => {
  const answers = answersFor(account({ recorded: [row()] }));
  const standIn: StandIn = await startStandIn(() => answers, quota());
  const startedAt = Date.now();
  const events = Array.from({ length: keys }, (_, index) => keyEvent(index));
  const invoked: Omit<Invoked, 'calls'>[] = [];
  await Promise.all(
    Array.from({ length: environments }, async () => {
      for (let event = events.pop(); event; event = events.pop())
        invoked.push(await invokeAt(standIn.url, event, 59_000));
    }),
  );
  const seconds = (Date.now() - startedAt) / 1000;
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const afterwards = await invokeAt(standIn.url, scheduled());
  await standIn.close();
  return { invoked, seconds, calls: standIn.calls, afterwards };
};

const LOADS: readonly Load[] = [
  { keys: 5000, environments: 100 },
  { keys: 500, environments: 4 },
];

describe.each(LOADS)('a re-evaluation of $keys keys with $environments execution environments', (load) => {
  let measured: Measured;
  const withStatus = (status: string) =>
    measured.invoked.filter(({ outcome }) => outcome?.status === status).length;
  beforeAll(async () => {
    measured = await measure(load);
    const queries = measured.calls.filter(({ operation }) => operation === 'SelectResourceConfig').length;
    console.log({
      ...load,
      seconds: measured.seconds,
      queries,
      done: withStatus('done'),
      throttled: withStatus('throttled'),
    });
  });

  it('fails no invocation, so that the alarm stays silent', () => {
    expect(measured.invoked.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(withStatus('done') + withStatus('throttled')).toBe(load.keys);
  });

  it('leaves the trails to the schedule, which evaluates them', () => {
    expect(measured.afterwards.outcome?.findings.map(({ code }) => code)).toEqual(['CMK_USABLE']);
  });
});
