import { examine } from '../core/decide.js';
import type { Invocation } from '../core/invocation.js';
import { isJudged } from '../core/report.js';
import { sightFrom, type Trail, type TrailSighting } from '../core/trail.js';
import type { RulePorts } from '../ports.js';

/**
 * All trails of the account and Region: judged by what CloudTrail says now, under the ids that AWS Config knows. A trail that is
 * not recorded yet is among them; a copy or a member's view that is not recorded has no result to set.
 *
 * @throws whatever the ports throw: half a list is none
 */
export const allTrails = async (
  invocation: Invocation,
  ports: RulePorts,
): Promise<readonly TrailSighting[]> => {
  const [live, recorded] = await Promise.all([ports.live.all(), ports.inventory.trails()]);
  const byArn = new Map(recorded.map((sighting) => [sighting.trail.arn, sighting]));
  const seen = live.flatMap((trail): readonly TrailSighting[] => {
    const known = byArn.get(trail.arn);
    byArn.delete(trail.arn);
    return known ? [{ ...known, trail, gone: false }] : unrecorded(trail, invocation, ports);
  });
  // Recorded and no longer there. A copy is still shown as one.
  const gone = [...byArn.values()].map(
    (sighting): TrailSighting => ({
      ...sighting,
      gone: isJudgedHere(sighting, invocation) ? 'deleted' : false,
    }),
  );
  return [...seen, ...gone];
};

const unrecorded = (
  trail: Trail,
  { accountId, parameters }: Invocation,
  { region }: RulePorts,
): readonly TrailSighting[] => {
  const sighting = sightFrom({ accountId: accountId ?? trail.ownerAccountId, region }, trail);
  const examination = examine(sighting, parameters);
  return examination.kind === 'ask' || isJudged(examination.verdict) ? [sighting] : [];
};

const isJudgedHere = ({ accountId, region, trail }: TrailSighting, { parameters }: Invocation): boolean =>
  region === trail.homeRegion &&
  (accountId === trail.ownerAccountId || parameters.organizationTrails === 'everywhere');
