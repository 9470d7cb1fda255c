import { describe, expect, it } from 'vitest';
import {
  ACCOUNT,
  aliasItem,
  KEY_ARN,
  KEY_ID,
  keyItem,
  OTHER_ACCOUNT,
  REGION,
  TRAIL_ARN,
  trailItem,
} from '../support/builders.js';
import { folderOf, snapshotOf } from '../support/files.js';
import { runCheck } from '../support/run-check.js';

/** Writes texts to files and evaluates them in one run. */
const check = async (...texts: readonly (string | Uint8Array)[]) => {
  const folder = await folderOf(Object.fromEntries(texts.map((text, index) => [`${index}.json`, text])));
  return runCheck(...texts.map((_, index) => `${folder}/${index}.json`));
};

const codesOf = async (...texts: readonly (string | Uint8Array)[]) => {
  const { report } = await check(...texts);
  expect(report.errors).toEqual([]);
  return report.findings.map(({ code }) => code);
};

const json = (value: unknown): string => JSON.stringify(value);
const pretty = (value: unknown): string => JSON.stringify(value, null, 4);

const TRAIL = {
  Name: 'audit',
  S3BucketName: 'logs',
  HomeRegion: REGION,
  TrailARN: TRAIL_ARN,
  KmsKeyId: KEY_ARN,
};
const METADATA = {
  AWSAccountId: ACCOUNT,
  KeyId: KEY_ID,
  Arn: KEY_ARN,
  KeyManager: 'CUSTOMER',
  KeyState: 'Enabled',
};
const notification = (configurationItem: unknown) => ({
  configurationItem,
  configurationItemDiff: null,
  messageType: 'ConfigurationItemChangeNotification',
  recordVersion: '1.3',
});
const event = (invokingEvent: unknown, rest = {}) => ({
  version: '1.0',
  invokingEvent: json(invokingEvent),
  ruleParameters: '{}',
  resultToken: 'secret-token',
  eventLeftScope: false,
  configRuleName: 'cloudtrail-cmk-usable',
  ...rest,
});

describe('reads', () => {
  const items = [trailItem(), keyItem()];

  it.each([
    ['a snapshot', snapshotOf(...items)],
    ['a snapshot, pretty-printed', pretty(JSON.parse(snapshotOf(...items)))],
    [
      'a history of the API',
      json({
        configurationItems: items.map((item) => ({ ...item, configuration: json(item['configuration']) })),
      }),
    ],
    [
      'an answer of BatchGetResourceConfig',
      json({ baseConfigurationItems: items, unprocessedResourceKeys: [] }),
    ],
    ['an array of items', pretty(items)],
    ['an array of snapshots', json(items.map((item) => JSON.parse(snapshotOf(item))))],
    ['JSON lines', items.map(json).join('\n')],
    ['JSON lines of snapshots, with CRLF', items.map((item) => snapshotOf(item)).join('\r\n')],
    ['concatenated pretty-printed values', items.map(pretty).join('\n')],
    ['rule events', items.map((item) => json(event(notification(item)))).join('\n')],
    ['invoking events', items.map((item) => json(notification(item))).join('\n')],
    ['describe-trails and describe-key', pretty({ trailList: [TRAIL] }) + pretty({ KeyMetadata: METADATA })],
    ['get-trail and describe-key', pretty({ Trail: TRAIL }) + pretty({ KeyMetadata: METADATA })],
    [
      'a Panther resource and bare key metadata',
      json({ ...TRAIL, EventSelectors: [], Status: {} }) + json(METADATA),
    ],
    ['a byte-order mark', `\ufeff${snapshotOf(...items)}`],
    ['UTF-16 of PowerShell', Buffer.from(`\ufeff${snapshotOf(...items)}`, 'utf16le')],
    ['UTF-16 without a mark', Buffer.from(snapshotOf(...items), 'utf16le')],
    ['UTF-16 of the other order', Buffer.from(`\ufeff${snapshotOf(...items)}`, 'utf16le').swap16()],
    ['UTF-16 of the other order without a mark', Buffer.from(snapshotOf(...items), 'utf16le').swap16()],
  ])('%s', async (_name, text) => {
    expect(await codesOf(text)).toEqual(['CMK_USABLE']);
  });

  it('several kinds in one run', async () => {
    expect(await codesOf(pretty({ trailList: [TRAIL] }), `\ufeff${snapshotOf(keyItem())}`)).toEqual([
      'CMK_USABLE',
    ]);
  });

  it('an alias of ListAliases, and one without a target', async () => {
    const aliases = [
      { AliasName: 'alias/aws/ebs', AliasArn: `arn:aws:kms:${REGION}:${ACCOUNT}:alias/aws/ebs` },
      {
        AliasName: 'alias/audit',
        AliasArn: `arn:aws:kms:${REGION}:${ACCOUNT}:alias/audit`,
        TargetKeyId: KEY_ID,
      },
    ];

    const texts = [
      { trailList: [{ ...TRAIL, KmsKeyId: 'alias/audit' }] },
      { Aliases: aliases },
      { KeyMetadata: METADATA },
    ];

    expect(await codesOf(...texts.map(pretty))).toEqual(['CMK_USABLE']);
  });

  it('a trail without a key in each kind', async () => {
    const { KmsKeyId: _, ...bare } = TRAIL;

    expect(await codesOf(json({ trailList: [bare] }))).toEqual(['NO_KMS_KEY']);
    expect(await codesOf(json({ Trail: bare }))).toEqual(['NO_KMS_KEY']);
    expect(await codesOf(json({ ...bare, KmsKeyId: null }))).toEqual(['NO_KMS_KEY']);
  });

  it('an event of a trail that left the scope or was deleted', async () => {
    const absent = trailItem({}, { configuration: null, configurationItemStatus: 'ResourceDeleted' });

    expect(await codesOf(json(event(notification(trailItem()), { eventLeftScope: true })))).toEqual([
      'TRAIL_NOT_FOUND',
    ]);
    expect(await codesOf(json(event(notification(absent))))).toEqual(['TRAIL_NOT_FOUND']);
    expect(await codesOf(json(event({ configurationItemSummary: absent })))).toEqual(['TRAIL_NOT_FOUND']);
    const unrecorded = { ...absent, configuration: '', configurationItemStatus: 'ResourceNotRecorded' };
    expect(await codesOf(json(event({ configurationItemSummary: unrecorded })))).toEqual(['TRAIL_NOT_FOUND']);
  });

  it('an event of a key, and one of another resource type', async () => {
    expect(await codesOf(json({ trailList: [TRAIL] }), json(event(notification(keyItem()))))).toEqual([
      'CMK_USABLE',
    ]);
    expect(
      await codesOf(json(event(notification({ resourceType: 'AWS::S3::Bucket', resourceId: 'b' })))),
    ).toEqual([]);
  });
});

it('evaluates an organization trail of describe-trails by its ARN, in the owning account and home Region', async () => {
  const { report } = await check(
    json({ trailList: [{ ...TRAIL, IsOrganizationTrail: true, KmsKeyId: '' }] }),
  );

  expect(report.findings).toMatchObject([
    { code: 'NO_KMS_KEY', accountId: ACCOUNT, region: REGION, resourceId: TRAIL_ARN, trailName: 'audit' },
  ]);
});

it('ignores the parameters inside a rule event, with a note, and prints no token', async () => {
  const { stdout, stderr } = await check(
    json(event(notification(trailItem()), { ruleParameters: '{"x":"y"}' })),
  );

  expect(stderr).toBe('trailkey: Rule parameters in rule events are ignored. Set them with --param.\n');
  expect(stdout + stderr).not.toContain('secret-token');
});

it.each([['{}'], [''], ['null'], [null]])(
  'says nothing of rule parameters of %o inside a rule event',
  async (ruleParameters) => {
    expect((await check(json(event(notification(trailItem()), { ruleParameters })))).stderr).toBe('');
  },
);

it('reads standard input for -', async () => {
  const { report } = await runCheck({ stdin: snapshotOf(trailItem(), keyItem()) }, '-');

  expect(report).toMatchObject({ sources: ['-'], findings: [{ code: 'CMK_USABLE' }] });
});

describe('--keys', () => {
  const run = async (keys: unknown, ...items: readonly unknown[]) => {
    const folder = await folderOf({ 'trails.json': snapshotOf(...items), 'keys.json': json(keys) });
    return runCheck(
      `${folder}/trails.json`,
      '--keys',
      `${folder}/keys.json`,
      '--param',
      'checkKeyPolicy=true',
    );
  };

  it('adds keys that override the items of AWS Config, except for the policy', async () => {
    const item = keyItem({ keyState: 'Enabled' }, { configurationItemCaptureTime: undefined });

    const { report } = await run({ KeyMetadata: { ...METADATA, KeyState: 'Disabled' } }, trailItem(), item);
    const alive = await run({ KeyMetadata: METADATA }, trailItem(), keyItem());

    expect(report.findings.map(({ code }) => code)).toEqual(['KEY_DISABLED']);
    expect(alive.report.findings[0]?.nextStep).toBe('No action is needed.');
    expect(report.sources).toHaveLength(2);
  });

  it('overrides an item of a deleted key', async () => {
    const absent = keyItem({}, { configuration: null, configurationItemStatus: 'ResourceDeleted' });

    const { report } = await run({ KeyMetadata: METADATA }, trailItem(), absent);

    expect(report.findings.map(({ code }) => code)).toEqual(['CMK_USABLE']);
  });

  it('overrides a newer item, with a note', async () => {
    const { report } = await run({ KeyMetadata: METADATA }, trailItem(), keyItem({ keyState: 'Disabled' }));

    expect(report.findings.map(({ code }) => code)).toEqual(['CMK_USABLE']);
    expect(report.notes).toEqual([
      expect.stringMatching(
        /: CMK_USABLE by .*trails\.json at byte \d+ and .*keys\.json at byte 0, KEY_DISABLED by .*\. The first is reported, because --keys states what is current\.$/,
      ),
    ]);
  });

  it('reports a file without keys, and ignores trails in it', async () => {
    const { report, exitCode } = await run({ trailList: [TRAIL] }, keyItem());

    expect(report.findings).toEqual([]);
    expect(report.errors[0]?.message).toBe(
      'The file contains no keys: expected the output of aws kms describe-key.',
    );
    expect(exitCode).toBe(2);
  });
});

it('does not let describe-key output without --keys hide a worse item', async () => {
  const { report, exitCode } = await check(
    snapshotOf(trailItem(), keyItem({ keyState: 'PendingDeletion' })),
    pretty({ KeyMetadata: METADATA }),
  );

  expect(report.findings.map(({ code }) => code)).toEqual(['KEY_PENDING_DELETION']);
  expect(report.notes).toEqual([expect.stringContaining('The input contradicts itself about trail audit')]);
  expect(exitCode).toBe(1);
});

it('reports two files that contradict each other, and evaluates the worse', async () => {
  const { report, exitCode } = await check(
    snapshotOf(trailItem(), keyItem()),
    snapshotOf(keyItem({ enabled: false, keyState: 'Disabled' })),
  );

  expect(report.findings.map(({ code }) => code)).toEqual(['KEY_DISABLED']);
  expect(report.errors).toEqual([
    {
      source: expect.stringMatching(/1\.json$/),
      message: expect.stringMatching(
        /0\.json at byte \d+ and .*1\.json at byte \d+ contain different data of 2026-01-05T03:10:00\.000Z about key\//,
      ),
    },
  ]);
  expect(exitCode).toBe(2);
});

it.each(['9999-01-01T00:00:00Z', '2026-01-06T00:00:00Z'])(
  'rejects an item from the future: %s',
  async (time) => {
    const item = keyItem({ keyState: 'Enabled' }, { configurationItemCaptureTime: time });

    const { report, exitCode } = await check(
      snapshotOf(trailItem(), keyItem({ keyState: 'Disabled' }), item),
    );

    expect(report.findings.map(({ code }) => code)).toEqual(['KEY_DISABLED']);
    expect(report.errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^At byte \d+: field "configurationItemCaptureTime" of AWS::KMS::Key .* must not be in the future/,
      ),
    ]);
    expect(exitCode).toBe(2);
  },
);

const OLDER = { configurationItemCaptureTime: '2020-01-01T00:00:00Z' };

it('treats the item of a deleted key as a deletion', async () => {
  const absent = keyItem({}, { configuration: null, configurationItemStatus: 'ResourceDeleted' });

  expect(await codesOf(snapshotOf(trailItem(), absent))).toEqual(['KEY_NOT_FOUND']);
  expect(await codesOf(snapshotOf(trailItem(), keyItem({}, OLDER), { ...absent, ARN: undefined }))).toEqual([
    'KEY_NOT_FOUND',
  ]);
});

it('finds keys and aliases in all files, in any order', async () => {
  const files = [aliasItem(), keyItem(), trailItem({ kmsKeyId: 'alias/audit' })].map((item) =>
    snapshotOf(item),
  );

  expect(await codesOf(...files)).toEqual(['CMK_USABLE']);
  expect(await codesOf(...files.toReversed())).toEqual(['CMK_USABLE']);
});

it('has one finding for a trail in several files, based on the newest data', async () => {
  const older = trailItem({ kmsKeyId: null }, { configurationItemCaptureTime: '2020-01-01T00:00:00Z' });

  expect(await codesOf(snapshotOf(trailItem(), keyItem()), snapshotOf(older))).toEqual(['CMK_USABLE']);
});

it('lists trails that were not evaluated, and exits with 2 if their account was evaluated, unless --allow-incomplete', async () => {
  const copy = trailItem({}, { awsRegion: 'us-east-1' });
  const view = trailItem({ isOrganizationTrail: true }, { awsAccountId: OTHER_ACCOUNT });

  const { report, exitCode } = await check(snapshotOf(copy, view));

  expect(report.notEvaluated).toEqual([
    { trailArn: TRAIL_ARN, homeRegion: REGION, ownerAccountId: ACCOUNT, inScope: true },
  ]);
  expect(exitCode).toBe(2);
  const folder = await folderOf({ 'a.json': snapshotOf(copy) });
  expect((await runCheck(folder, '--allow-incomplete')).exitCode).toBe(0);
  expect((await check(snapshotOf(view))).exitCode).toBe(0);
});
