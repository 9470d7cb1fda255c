import { parseArn } from '../../core/arn.js';
import { sightFrom, type Trail, type TrailSighting } from '../../core/trail.js';
import type { LiveAccount } from '../../ports.js';
import { UsageError } from '../usage-error.js';

/**
 * Finds a trail of the account by its name or ARN, as its home Region shows it.
 *
 * @throws UsageError where there is none, more than one, or it is another account's
 */
export const findTrail = async (nameOrArn: string, account: LiveAccount): Promise<TrailSighting> => {
  const arn = parseArn(nameOrArn) ? nameOrArn : await arnOf(nameOrArn, account);
  const { region = '', accountId = '', service } = parseArn(arn) ?? {};
  if (service !== 'cloudtrail') {
    throw new UsageError(`TRAIL should be the name or the ARN of a trail and is "${nameOrArn}".`);
  }
  if (accountId !== account.accountId) {
    throw new UsageError(
      `Trail ${arn} belongs to account ${accountId}, which alone can change it. You are in account ${account.accountId}: use ` +
        `credentials of ${accountId}.`,
    );
  }
  const trail = (await account.seenFrom(region)).find((one) => one.arn === arn);
  return trail === undefined ? unknown(arn) : sightFrom({ accountId, region }, trail);
};

/** Every trail that the account owns, as its home Region shows it. */
export const findTrails = async (account: LiveAccount): Promise<readonly TrailSighting[]> => {
  const own = (await account.listed()).filter(({ ownerAccountId }) => ownerAccountId === account.accountId);
  return atHome(
    own.map(({ homeRegion }) => homeRegion),
    account,
  );
};

/**
 * Trails that were found before, as they are now. Each Region is asked once.
 *
 * @throws UsageError where one is gone
 */
export const findAgain = async (
  sightings: readonly TrailSighting[],
  account: LiveAccount,
): Promise<readonly TrailSighting[]> => {
  const regions = sightings.map(({ region }) => region);
  const now = new Map((await atHome(regions, account)).map((sighting) => [sighting.trail.arn, sighting]));
  return sightings.map(({ trail: { arn } }) => now.get(arn) ?? unknown(arn));
};

/** The account's own trails in their home Regions, each of which is asked once. */
const atHome = async (
  regions: readonly string[],
  account: LiveAccount,
): Promise<readonly TrailSighting[]> => {
  const { accountId } = account;
  const seen = await Promise.all(
    [...new Set(regions)].map(async (region) =>
      (await account.seenFrom(region))
        .filter((trail) => trail.homeRegion === region && trail.ownerAccountId === accountId)
        .map((trail) => sightFrom({ accountId, region }, trail)),
    ),
  );
  return seen.flat();
};

const unknown = (arn: string): never => {
  throw new UsageError(`CloudTrail knows no trail ${arn}.`);
};

const arnOf = async (name: string, account: LiveAccount): Promise<string> => {
  const listed = await account.listed();
  const [first, ...others] = listed.filter((trail) => trail.name === name);
  if (first === undefined) {
    throw new UsageError(
      `CloudTrail lists no trail "${name}" in account ${account.accountId}. ${namesOf(listed)}`,
    );
  }
  if (others.length > 0) {
    const arns = [first, ...others].map(({ arn }) => arn).join(', ');
    throw new UsageError(`${others.length + 1} trails are named "${name}". Give the ARN of one: ${arns}.`);
  }
  return first.arn;
};

const namesOf = (trails: readonly Trail[]): string =>
  trails.length === 0 ? 'It has none.' : `Its trails are ${trails.map(({ name }) => name).join(', ')}.`;
