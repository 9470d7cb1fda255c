import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json-value.js';
import schema from '../../src/core/report.schema.json' with { type: 'json' };
import { ACCOUNT, KEY_ARN, keyItem, OTHER_ACCOUNT, trailItem } from '../support/builders.js';
import { runScan, trailArnIn, verdictsOf } from '../support/run-scan.js';
import type { Answers } from '../support/stand-in.js';

const ARGS = ['--format', 'json', '--aggregator', 'organization'];

/** A row of an advanced query: an item in the spelling of the API. */
const rowOf = ({ ARN: arn, awsAccountId: accountId, ...item }: JsonObject): JsonObject => ({
  ...item,
  arn,
  accountId,
});

const DISABLED = rowOf(keyItem({ keyState: 'Disabled' }));
const TRAIL = rowOf(trailItem());
const OTHER = { accountId: OTHER_ACCOUNT, region: 'us-east-1', name: 'other' };
const UNENCRYPTED = rowOf(
  trailItem(
    { name: 'other', trailARN: trailArnIn(OTHER), homeRegion: 'us-east-1', kmsKeyId: undefined },
    {
      awsAccountId: OTHER_ACCOUNT,
      awsRegion: 'us-east-1',
      ARN: trailArnIn(OTHER),
      resourceId: 'other',
      configurationItemCaptureTime: '2025-11-30T08:00:00.000Z',
    },
  ),
);

/** Returns the results of queries page by page, one row on each. */
const answersWith = (trails: readonly unknown[], keys: readonly unknown[]): Answers => ({
  SelectAggregateResourceConfig: ({ body }) => {
    const rows = body['Expression'].includes("'AWS::CloudTrail::Trail'") ? trails : keys;
    const at = Number(body['NextToken'] ?? 0);
    return {
      Results: rows.slice(at, at + 1).map((row) => (typeof row === 'string' ? row : JSON.stringify(row))),
      ...(at + 1 < rows.length ? { NextToken: String(at + 1) } : {}),
    };
  },
});

it('evaluates the trails of all accounts with recorded keys, page by page, with one operation and no role', async () => {
  const result = await runScan(ARGS, { answers: answersWith([TRAIL, UNENCRYPTED], [DISABLED]) });

  expect(verdictsOf(result)).toEqual([
    `${ACCOUNT} eu-west-1 audit KEY_DISABLED`,
    `${OTHER_ACCOUNT} us-east-1 other NO_KMS_KEY`,
  ]);
  expect(new Set(result.calls.map(({ operation }) => operation))).toEqual(
    new Set(['SelectAggregateResourceConfig']),
  );
  expect(result.calls).toHaveLength(3);
  expect(result.calls[0]?.body).toMatchObject({ ConfigurationAggregatorName: 'organization', Limit: 100 });
  expect(result).toMatchObject({ exitCode: 1, stderr: '', report: { sources: ['aggregator organization'] } });
});

it('reads more pages than any one account has', async () => {
  const keys = Array.from({ length: 1100 }, (_, index) => rowOf(keyItem({ arn: `${KEY_ARN}${index}` })));

  const { report } = await runScan(ARGS, { answers: answersWith([TRAIL], [...keys, DISABLED]) });

  expect(report).toMatchObject({ errors: [], findings: [{ code: 'KEY_DISABLED' }] });
});

it('returns a report that matches its schema', async () => {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  addFormats.default(ajv);

  const { report } = await runScan(ARGS, { answers: answersWith([TRAIL, UNENCRYPTED], [DISABLED]) });

  expect(report).toHaveProperty('recorded');
  expect(ajv.validate(schema, report), ajv.errorsText()).toBe(true);
});

it('reports the age of the recorded facts that the verdicts are based on', async () => {
  const idle = {
    ...rowOf(keyItem({ arn: `${KEY_ARN}0` })),
    configurationItemCaptureTime: '2019-01-01T00:00:00.000Z',
  };
  const answers = answersWith([TRAIL, UNENCRYPTED], [DISABLED, idle]);

  const { report } = await runScan(ARGS, { answers });
  const { stdout } = await runScan(ARGS.slice(2), { answers });

  expect(report).toMatchObject({
    mode: 'aggregator',
    recorded: { oldest: '2025-11-30T08:00:00.000Z', newest: '2026-01-05T03:10:00.000Z', stale: false },
  });
  expect(stdout.replace(/\s+/g, ' ')).toContain(
    'AWS Config recorded this data less than 1 day to 36 days ago ' +
      '(2025-11-30T08:00:00.000Z to 2026-01-05T03:10:00.000Z).',
  );
});

it('reads the recorded policy and rotation of a key', async () => {
  const answers = answersWith(
    [TRAIL],
    [
      {
        ...rowOf(keyItem()),
        supplementaryConfiguration: { KeyRotationStatus: false, Policy: '{"Statement":[]}' },
      },
    ],
  );

  const ofRotation = await runScan([...ARGS, '--param', 'requireKeyRotation=true'], { answers });
  const ofPolicy = await runScan([...ARGS, '--param', 'checkKeyPolicy=true'], { answers });

  expect(verdictsOf(ofRotation)[0]).toContain('KEY_ROTATION_OFF');
  expect(verdictsOf(ofPolicy)[0]).toContain('KEY_POLICY_BLOCKS_CLOUDTRAIL');
});

it('accepts a configuration as JSON text', async () => {
  const text = (row: JsonObject) => ({ ...row, configuration: JSON.stringify(row['configuration']) });

  const result = await runScan(ARGS, { answers: answersWith([text(TRAIL)], [text(DISABLED)]) });

  expect(verdictsOf(result)).toEqual([`${ACCOUNT} eu-west-1 audit KEY_DISABLED`]);
});

it('reports a key that no account has recorded as unverifiable', async () => {
  const result = await runScan(ARGS, { answers: answersWith([TRAIL], []) });

  expect(verdictsOf(result)).toEqual([`${ACCOUNT} eu-west-1 audit KEY_UNVERIFIABLE`]);
});

it('evaluates only the trails in --regions', async () => {
  const result = await runScan([...ARGS, '--regions', 'us-east-1'], {
    answers: answersWith([TRAIL, UNENCRYPTED], [DISABLED]),
  });

  expect(verdictsOf(result)).toEqual([`${OTHER_ACCOUNT} us-east-1 other NO_KMS_KEY`]);
  expect(result.report.sources).toEqual(['aggregator organization, only us-east-1']);
});

it('reports that there are no trails, without an age of facts', async () => {
  const { report, exitCode, stderr } = await runScan(ARGS, { answers: answersWith([], []) });

  expect(exitCode).toBe(0);
  expect(report).not.toHaveProperty('recorded');
  expect(stderr).toContain('No CloudTrail trails were found.');
});

it('reports accounts that have keys but no trail, and Regions without a recorded trail', async () => {
  const scan = (...args: readonly string[]) =>
    runScan([...ARGS, ...args], { answers: answersWith([UNENCRYPTED], [DISABLED]) });

  expect((await scan()).report.notes).toEqual([`Account ${ACCOUNT} has no trail.`]);
  const required = await scan('--require-trail');
  expect(required).toMatchObject({ exitCode: 2, report: { errors: [{ source: ACCOUNT }] } });
  expect((await scan('--regions', 'us-east-1,us-wst-2')).report.errors).toEqual([
    {
      source: 'aggregator us-wst-2',
      message:
        'The aggregator has no trail that was recorded in us-wst-2. Check its name, and record trails in this Region. Did you mean us-west-2?',
    },
  ]);
});

it('evaluates a multi-Region trail that logs a Region in --regions in its home Region', async () => {
  const shadow = { ...UNENCRYPTED, awsRegion: 'eu-north-1' };

  const result = await runScan([...ARGS, '--regions', 'eu-north-1'], {
    answers: answersWith([shadow, UNENCRYPTED, TRAIL], [DISABLED]),
  });

  expect(verdictsOf(result)).toEqual([
    `${OTHER_ACCOUNT} eu-north-1 other SHADOW_TRAIL`,
    `${OTHER_ACCOUNT} us-east-1 other NO_KMS_KEY`,
  ]);
});

describe('an aggregator', () => {
  const answers = answersWith([TRAIL], [DISABLED]);
  const failing = (error: string, of = '') =>
    runScan(ARGS, {
      answers,
      faults: ({ body }) => (body['Expression'].includes(of) ? { error } : undefined),
    });

  it('that does not exist is reported, with a command that lists the aggregators', async () => {
    const { report, exitCode } = await failing('NoSuchConfigurationAggregatorException');

    expect(exitCode).toBe(2);
    expect(report.errors).toEqual([
      {
        source: 'aggregator organization',
        message:
          'Aggregator "organization" does not exist in eu-west-1. To list the aggregators, run: ' +
          'aws configservice describe-configuration-aggregators --region eu-west-1',
      },
    ]);
  });

  it('that denies access is reported with the missing permission', async () => {
    expect((await failing('AccessDeniedException')).report.errors[0]?.message).toContain(
      'config:SelectAggregateResourceConfig is denied in eu-west-1.',
    );
  });

  it('that rejects expired credentials in one query is reported as an error', async () => {
    const { report, exitCode } = await failing('ExpiredTokenException', 'KMS');

    expect(report.errors).toEqual([
      {
        source: 'aggregator organization',
        message: expect.stringContaining('have expired. Correct both variables'),
      },
    ]);
    expect(exitCode).toBe(2);
  });

  it('that does not return the keys leaves all trails without a verdict', async () => {
    const { report, exitCode } = await failing('InvalidExpressionException', 'KMS');

    expect(report).toMatchObject({ findings: [], notEvaluated: [{ trailArn: trailArnIn() }] });
    expect(report.errors).toHaveLength(1);
    expect(exitCode).toBe(2);
  });

  it('that returns an invalid row reports it and evaluates the other rows', async () => {
    const broken = { ...TRAIL, configuration: { trailARN: 'arn:aws:s3:::x' } };
    const result = await runScan(ARGS, { answers: answersWith([broken, UNENCRYPTED], [DISABLED]) });

    expect(verdictsOf(result)).toHaveLength(1);
    expect(result.report.errors[0]?.message).toContain('Cannot read a row: field "trailARN"');
    expect((await runScan(ARGS, { answers: answersWith(['[]'], []) })).report.errors[0]?.message).toContain(
      'Cannot read a row: expected a JSON object of columns. The row starts with: []',
    );
  });

  it('that returns two rows of one trail that contradict each other reports it', async () => {
    const other = rowOf(trailItem({ kmsKeyId: undefined }));

    const result = await runScan(ARGS, { answers: answersWith([TRAIL, other], [DISABLED]) });

    expect(verdictsOf(result)).toHaveLength(1);
    expect(result.exitCode).toBe(2);
    expect(result.report.errors).toEqual([
      {
        source: 'aggregator organization',
        message: expect.stringMatching(
          /^aggregator organization at row 0 and aggregator organization at row 1 contain different data of 2026-/,
        ),
      },
    ]);
  });

  it('that is interrupted evaluates no trails with incomplete keys', async () => {
    let press = () => {};
    const { report, exitCode } = await runScan(ARGS, {
      answers,
      onInterrupt: (callback) => {
        press = callback;
      },
      faults: ({ body }) => {
        if (!body['Expression'].includes('KMS')) return undefined;
        setImmediate(press);
        return 'hang';
      },
    });

    expect(report.findings).toEqual([]);
    expect(report.errors.map(({ source }) => source)).toEqual(['trailkey']);
    expect(exitCode).toBe(2);
  });
});

it('ends with an error if the list of trails has no end, and evaluates each trail once', async () => {
  let page = 0;
  const { report, exitCode } = await runScan(ARGS, {
    answers: {
      ...answersWith([], []),
      SelectAggregateResourceConfig: ({ body }) => {
        if (!body['Expression'].includes('CloudTrail')) return { Results: [JSON.stringify(DISABLED)] };
        page += 1;
        return { Results: [JSON.stringify(TRAIL)], NextToken: String(page) };
      },
    },
  });

  expect(exitCode).toBe(2);
  expect(report.errors).toEqual([
    { source: 'aggregator organization', message: expect.stringContaining('returned more than 2000 pages') },
  ]);
  expect(report.findings).toHaveLength(1);
}, 60_000);
