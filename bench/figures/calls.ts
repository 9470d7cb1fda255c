import { account, answersFor, liveTrail, row } from '../../test/support/account.js';
import { runArtifact } from '../../test/support/artifact.js';
import { keyItem, trailItem } from '../../test/support/builders.js';
import { changeOf, scheduled } from '../../test/support/rule-event.js';
import { withEndpoint } from '../endpoint.js';
import type { Bench, Figure } from '../figure.js';

const TRAILS = 5;

/** Five trails with one key, in CloudTrail and in AWS Config. */
const FIVE = account({
  trails: Array.from({ length: TRAILS }, (_, index) => liveTrail(namesOf(index))),
  recorded: Array.from({ length: TRAILS }, (_, index) => {
    const { Name: name, TrailARN: trailARN } = namesOf(index);
    return row({ name, trailARN }, { resourceId: name, resourceName: name, arn: trailARN });
  }),
});

function namesOf(index: number) {
  return {
    Name: `audit-${index}`,
    TrailARN: `arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit-${index}`,
  };
}

/** The number of calls for one event, compared with the fewest calls that can evaluate the trails and report the results. */
export const callFigures = async ({ artifact }: Bench): Promise<readonly Figure[]> => {
  const callsOf = (event: unknown) =>
    withEndpoint(
      async (standIn) => {
        const { errors } = await runArtifact(artifact, [event], { AWS_ENDPOINT_URL: standIn.url });
        if (errors[0]) throw new Error(`${errors[0].name}: ${errors[0].message}`);
        return standIn.calls.length;
      },
      { answers: answersFor(FIVE) },
    );
  const figure = async (name: string, event: unknown, fewest: readonly string[]): Promise<Figure> => ({
    figure: `Calls for ${name}`,
    unit: 'calls',
    value: await callsOf(event),
    floor: { of: fewest.join(', '), value: fewest.length, goal: 1 },
  });
  return [
    await figure("a trail's event", changeOf(trailItem()), ['DescribeKey', 'PutEvaluations']),
    await figure(`a schedule of ${TRAILS} trails on 1 key`, scheduled(), [
      'DescribeTrails',
      'SelectResourceConfig',
      'GetComplianceDetailsByConfigRule',
      'DescribeKey',
      'PutEvaluations',
    ]),
    await figure("a key's event", changeOf(keyItem()), [
      'SelectResourceConfig',
      'DescribeKey',
      'PutEvaluations',
    ]),
  ];
};
