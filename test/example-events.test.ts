import process from 'node:process';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { EXAMPLE_EVENTS } from '../examples/events.js';
import { account, answersFor, liveTrail, metadata, putIn, row } from './support/account.js';
import { filesBelow, textAt } from './support/project.js';
import { type StandIn, startStandIn } from './support/stand-in.js';

const ARN = 'arn:aws:cloudtrail:us-east-1:123456789012:trail/audit';
const KEY = 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';

/** The account of the examples: one trail, whose key is disabled. */
const EXAMPLE = account({
  trails: [liveTrail({ TrailARN: ARN, HomeRegion: 'us-east-1', KmsKeyId: KEY })],
  recorded: [
    row(
      { trailARN: ARN, homeRegion: 'us-east-1', kmsKeyId: KEY },
      { arn: ARN, accountId: '123456789012', awsRegion: 'us-east-1' },
    ),
  ],
  keys: { [KEY]: metadata({ Arn: KEY, KeyState: 'Disabled' }) },
});

let standIn: StandIn;
let world = EXAMPLE;
let handler: typeof import('../handlers/config-rule.js').handler;

beforeAll(async () => {
  standIn = await startStandIn(() => answersFor(world));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: standIn.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'example',
  });
  ({ handler } = await import('../handlers/config-rule.js'));
});
afterAll(async () => {
  delete process.env['AWS_ENDPOINT_URL'];
  await standIn.close();
});
beforeEach(() => {
  standIn.calls.length = 0;
  world = EXAMPLE;
  vi.spyOn(console, 'info').mockImplementation(() => {});
});

/** The rows of the table: file, calls, result, result in an empty account. */
const ROWS = [
  ...textAt('examples/README.md').matchAll(
    /^\| \[`([^`]+)`\]\(events\/\1\) \| [^|]+ \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$/gm,
  ),
].map(([, file = '', ...cells]) => {
  const [asked = [], put = [], putInEmpty = []] = cells.map((cell) =>
    (cell.match(/\w+/g) ?? []).filter((word) => word !== 'none'),
  );
  return [file, { asked, put, putInEmpty }] as const;
});

const resultsOf = () => putIn(standIn.calls).map((result) => result.split(' ')[1]);
const eventIn = (file: string): unknown => JSON.parse(textAt(`examples/events/${file}`));

it('examples/README.md has a row for each event', () => {
  const files = filesBelow('examples/events').map((path) => path.replace('examples/events/', ''));

  expect(ROWS.map(([file]) => file).toSorted()).toEqual(files);
  expect(files).toEqual(Object.keys(EXAMPLE_EVENTS).toSorted());
});

describe.each(ROWS)('%s', (file, { asked, put, putInEmpty }) => {
  it('asks what the table says, and puts what it says', async () => {
    await handler(eventIn(file));

    const questions = standIn.calls.map(({ operation }) => operation);
    expect([...new Set(questions)].filter((name) => name !== 'PutEvaluations').toSorted()).toEqual(
      asked.toSorted(),
    );
    expect(resultsOf()).toEqual(put);
  });

  it('puts what the table says in an account that is empty', async () => {
    world = account({ trails: [], recorded: [], keys: {} });

    await handler(eventIn(file));

    expect(resultsOf()).toEqual(putInEmpty);
  });
});
