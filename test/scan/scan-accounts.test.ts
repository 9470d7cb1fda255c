import { expect, it } from 'vitest';
import { InterruptedError } from '../../src/core/errors.js';
import type { Trail } from '../../src/core/trail.js';
import type { LiveAccount } from '../../src/ports.js';
import { type ScanSettings, scanAccount, scanAccounts } from '../../src/scan/scan-accounts.js';
import { ACCOUNT, found, NOW, parameters, REGION, trail } from '../support/builders.js';

const SETTINGS: ScanSettings = { parameters: parameters(), now: NOW, regions: undefined };

const trailAt = (homeRegion: string): Trail =>
  trail({
    arn: `arn:aws:cloudtrail:${homeRegion}:${ACCOUNT}:trail/${homeRegion}`,
    name: homeRegion,
    homeRegion,
  });

/** An account with a single-Region trail in each of the Regions. */
const accountWith = (regions: readonly string[], overrides: Partial<LiveAccount> = {}): LiveAccount => ({
  accountId: ACCOUNT,
  region: REGION,
  listTrails: async () => regions.map(trailAt),
  trailsIn: async (region) => (regions.includes(region) ? [trailAt(region)] : []),
  keys: () => ({ getKey: async () => found() }),
  ...overrides,
});

it('evaluates the trails of other Regions while one does not respond, and returns them after an interruption', async () => {
  let onLookup = () => {};
  const lookedUp = new Promise<void>((resolve) => {
    onLookup = resolve;
  });
  const account = accountWith([REGION, 'us-east-1'], {
    trailsIn: async (region) => {
      if (region === REGION) return [trailAt(region)];
      await lookedUp;
      throw new InterruptedError('Interrupted');
    },
    keys: () => ({
      getKey: async () => {
        onLookup();
        return found();
      },
    }),
  });

  const { findings, observedTrails, errors } = await scanAccount(account, SETTINGS);

  expect(findings.map(({ trailName, code }) => [trailName, code])).toEqual([[REGION, 'CMK_USABLE']]);
  expect(observedTrails.map(({ trail: { name } }) => name)).toEqual([REGION, 'us-east-1']);
  expect(errors).toEqual([]);
});

it('returns a listed trail that its home Region does not show as observed', async () => {
  const account = accountWith(['us-east-1'], { trailsIn: async () => [] });

  const { findings, observedTrails } = await scanAccount(account, SETTINGS);

  expect(findings).toEqual([]);
  expect(observedTrails.map(({ trail: { name } }) => name)).toEqual(['us-east-1']);
});

it('calls the home Region of a shadow trail that is not listed', async () => {
  const called: string[] = [];
  const account = accountWith([], {
    trailsIn: async (region) => {
      called.push(region);
      return [trailAt('us-east-1')];
    },
  });

  const { findings } = await scanAccount(account, SETTINGS);

  expect(called).toEqual([REGION, 'us-east-1']);
  expect(findings.map(({ region, code }) => [region, code])).toEqual([
    [REGION, 'SHADOW_TRAIL'],
    ['us-east-1', 'CMK_USABLE'],
  ]);
});

it('looks up a key once, however many Regions have trails with it', async () => {
  let lookups = 0;
  const account = accountWith([REGION, 'us-east-1', 'us-west-2'], {
    keys: () => ({
      getKey: async () => {
        lookups += 1;
        return found();
      },
    }),
  });

  const { findings } = await scanAccount(account, SETTINGS);

  expect(findings).toHaveLength(3);
  expect(lookups).toBe(1);
});

it('reports a thrown value that is not an error', async () => {
  const account = accountWith([], { listTrails: () => Promise.reject('a text') });

  expect((await scanAccount(account, SETTINGS)).errors).toEqual([{ source: ACCOUNT, message: 'a text' }]);
});

it('opens no account after an interruption, and counts only accounts that were scanned', async () => {
  const controller = new AbortController();
  const opened: string[] = [];
  let done = 0;
  const accounts = Array.from({ length: 40 }, (_, index) => ({
    name: String(index),
    open: async () => {
      opened.push(String(index));
      // The first account is done, and the second one is interrupted.
      if (index === 1) controller.abort();
      return accountWith([]);
    },
  }));

  await scanAccounts(accounts, {
    ...SETTINGS,
    signal: controller.signal,
    onAccountDone: () => {
      done += 1;
    },
  });

  // Those at the same time as the second one, at most.
  expect(opened.length).toBeLessThan(accounts.length);
  expect(done).toBe(0);
});
