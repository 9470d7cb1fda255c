import { expect, it } from 'vitest';
import { InterruptedError } from '../../src/core/errors.js';
import type { Trail } from '../../src/core/trail.js';
import type { LiveAccount } from '../../src/ports.js';
import { type ScanSettings, scanAccount } from '../../src/scan/scan-accounts.js';
import { ACCOUNT, found, NOW, parameters, REGION, trail } from '../support/builders.js';

const SETTINGS: ScanSettings = { parameters: parameters(), now: NOW, regions: undefined };

const trailAt = (homeRegion: string): Trail =>
  trail({
    arn: `arn:aws:cloudtrail:${homeRegion}:${ACCOUNT}:trail/${homeRegion}`,
    name: homeRegion,
    homeRegion,
  });

/** An account with a trail in each of some Regions, each shown there alone. */
const accountWith = (regions: readonly string[], overrides: Partial<LiveAccount> = {}): LiveAccount => ({
  accountId: ACCOUNT,
  region: REGION,
  listed: async () => regions.map(trailAt),
  seenFrom: async (region) => (regions.includes(region) ? [trailAt(region)] : []),
  keys: () => ({ getKey: async () => found() }),
  ...overrides,
});

it('judges what the other Regions show while one hangs, and counts that when it is interrupted', async () => {
  let judged = () => {};
  const isEvaluated = new Promise<void>((resolve) => {
    judged = resolve;
  });
  const account = accountWith([REGION, 'us-east-1'], {
    seenFrom: async (region) => {
      if (region === REGION) return [trailAt(region)];
      await isEvaluated;
      throw new InterruptedError('Interrupted');
    },
    keys: () => ({
      getKey: async () => {
        judged();
        return found();
      },
    }),
  });

  const { findings, observedTrails, errors } = await scanAccount(account, SETTINGS);

  expect(findings.map(({ trailName, code }) => [trailName, code])).toEqual([[REGION, 'CMK_USABLE']]);
  expect(observedTrails.map((seen) => seen.trail.name)).toEqual([REGION, 'us-east-1']);
  expect(errors).toEqual([]);
});

it('names a trail that is listed and that its own Region does not show', async () => {
  const account = accountWith(['us-east-1'], { seenFrom: async () => [] });

  const { findings, observedTrails } = await scanAccount(account, SETTINGS);

  expect(findings).toEqual([]);
  expect(observedTrails.map((seen) => seen.trail.name)).toEqual(['us-east-1']);
});

it('asks where a copy says that its trail lives, though no list has it', async () => {
  const asked: string[] = [];
  const account = accountWith([], {
    seenFrom: async (region) => {
      asked.push(region);
      return [trailAt('us-east-1')];
    },
  });

  const { findings } = await scanAccount(account, SETTINGS);

  expect(asked).toEqual([REGION, 'us-east-1']);
  expect(findings.map(({ region, code }) => [region, code])).toEqual([
    [REGION, 'SHADOW_TRAIL'],
    ['us-east-1', 'CMK_USABLE'],
  ]);
});

it('asks a key once, however many Regions name it', async () => {
  let lookUps = 0;
  const account = accountWith([REGION, 'us-east-1', 'us-west-2'], {
    keys: () => ({
      getKey: async () => {
        lookUps += 1;
        return found();
      },
    }),
  });

  const { findings } = await scanAccount(account, SETTINGS);

  expect(findings).toHaveLength(3);
  expect(lookUps).toBe(1);
});

it('says what was thrown, whatever it is', async () => {
  const account = accountWith([], { listed: () => Promise.reject('a text') });

  expect((await scanAccount(account, SETTINGS)).errors).toEqual([{ source: ACCOUNT, message: 'a text' }]);
});
