import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { worldAnswers, worldOf } from '../../test/support/run-scan.js';
import type { Answers } from '../../test/support/stand-in.js';
import { environmentFor, withEndpoint } from '../endpoint.js';
import type { Bench, Figure } from '../figure.js';
import { measure } from '../measure.js';

const REGIONS = [
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'sa-east-1'],
  ...['eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-north-1'],
  ...['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-south-1', 'ap-southeast-1', 'ap-southeast-2'],
];
/** AssumeRole, ListTrails, DescribeTrails in the home Regions, DescribeKey. Each needs the response of the one before. */
const ROUND_TRIPS = 4;

/** A scan of several accounts and Regions through roles, against a slow endpoint. */
export const scan = ({ sizes, python }: Bench): Promise<readonly Figure[]> => {
  const world = worldOf(sizes.accounts);
  const roles = Object.keys(world).map((id) => `arn:aws:iam::${id}:role/audit`);
  return withEndpoint(
    async (standIn) => {
      const env = environmentFor(standIn);
      const args = [
        process.execPath,
        'dist/trailkey.js',
        'scan',
        ...roles.flatMap((arn) => ['--role-arn', arn]),
      ];
      const { ours } = await measure(sizes.repetitions, { ours: { args, env } });
      const regions = REGIONS.slice(0, sizes.regions).join();
      const { loop } = await measure(1, {
        loop: { args: [python, 'bench/programs/scan.py', regions, ...roles], env },
      });
      return [
        {
          figure: `Scan of ${sizes.accounts} accounts, ${sizes.regions} Regions`,
          unit: 'ms wall',
          value: ours.wall,
          floor: { of: `${ROUND_TRIPS} round trips`, value: ROUND_TRIPS * sizes.delayMs, goal: 3 },
          peer: { of: 'a loop with boto3', value: loop.wall, goal: 0.1 },
        },
      ];
    },
    { answers: slowed(worldAnswers(world), sizes.delayMs) },
  );
};

const slowed = (answers: Answers, delayMs: number): Answers =>
  Object.fromEntries(
    Object.entries(answers).map(([operation, answer]) => [
      operation,
      async (call) => {
        await setTimeout(delayMs);
        return answer(call);
      },
    ]),
  );
