import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, open, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { KEY_ARN, keyItem, TRAIL_ARN, trailItem } from '../support/builders.js';
import { folderOf, snapshotOf } from '../support/files.js';
import { run, runCheck } from '../support/run-check.js';

const GOOD = snapshotOf(trailItem(), keyItem());
const MARK = '\ufeff';

/** JSON text in which a number stands as it is written here, whatever JavaScript would make of it. */
const withNumber = (value: unknown, digits: string): string =>
  JSON.stringify(value).replaceAll('"#"', digits);

const check = async (content: string | Uint8Array, ...args: readonly string[]) => {
  const folder = await folderOf({ 'input.json': content });
  const { report, ...rest } = await runCheck(`${folder}/input.json`, ...args);
  return {
    ...rest,
    report,
    codes: report.findings.map(({ code }) => code),
    messages: report.errors.map(({ message }) => message),
  };
};

describe('a byte-order mark', () => {
  it('is passed over in front of each of several values, as files put together have it', async () => {
    const items = [trailItem(), keyItem()].map((item) => MARK + JSON.stringify(item));

    expect(await check(items.join('\n'))).toMatchObject({ codes: ['CMK_USABLE'], messages: [], exitCode: 0 });
    expect(await check(items.join(''))).toMatchObject({ codes: ['CMK_USABLE'], messages: [] });
  });

  it.each([
    ['UTF-8', (text: string) => text],
    ['UTF-16, little-endian', (text: string) => Buffer.from(text, 'utf16le')],
    ['UTF-16, big-endian', (text: string) => Buffer.from(text, 'utf16le').swap16()],
  ])('of %s stands in front of a report or parameters as well', async (_name, encode) => {
    const { stdout } = await check(GOOD);
    const since = encode(MARK + stdout);
    const folder = await folderOf({ since, parameters: encode(`${MARK}{"keyVerification":"presence"}`) });

    const { report } = await check(
      GOOD,
      ...['--since-report', `${folder}/since`, '--param-file', `${folder}/parameters`],
    );

    expect(report).toMatchObject({ parameters: { keyVerification: 'presence' }, comparison: { new: [] } });
  });
});

describe('a name that means something to JavaScript', () => {
  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'is a name as any other: %s',
    async (name) => {
      const trailARN = `arn:aws:cloudtrail:eu-west-1:111122223333:trail/${name}`;
      const item = trailItem({ name, trailARN, kmsKeyId: name }, { resourceId: name, resourceName: name });

      const { report, messages } = await check(snapshotOf(item, trailItem(), keyItem({ keyState: name })));

      expect(messages).toEqual([]);
      expect(report.findings).toMatchObject(
        [
          { trailName: name, resourceId: name, code: 'KEY_NOT_FOUND', kmsKeyId: name },
          { trailName: 'audit', code: 'KEY_UNAVAILABLE', key: { state: name } },
        ].toSorted((a, b) => (a.trailName < b.trailName ? -1 : 1)),
      );
      expect(report.summary.codes).toMatchObject({ KEY_NOT_FOUND: 1, KEY_UNAVAILABLE: 1 });
    },
  );

  it('changes no object where it is a field of the input', async () => {
    const poisoned = JSON.stringify(trailItem()).replace(
      '{',
      '{"__proto__":{"awsRegion":"us-east-1","polluted":1},"constructor":{"prototype":{"polluted":1}},',
    );

    const { codes } = await check(`${poisoned}\n${JSON.stringify(keyItem())}`);

    expect(codes).toEqual(['CMK_USABLE']);
    expect({}).not.toHaveProperty('polluted');
  });

  it('is no parameter', async () => {
    const folder = await folderOf({ p: '{"__proto__":"x","constructor":"y"}', 'good.json': GOOD });

    const { stderr, exitCode } = await run(['check', `${folder}/good.json`, '--param-file', `${folder}/p`]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('Unknown parameters "__proto__" and "constructor"');
  });
});

describe('a number', () => {
  it.each([
    ['beyond what a number can be', '1e400'],
    ['after the last day of a calendar', '8640000000000001'],
    ['before its first', '-8640000000000001'],
  ])('%s is no time, which is said', async (_name, digits) => {
    const item = withNumber(trailItem({}, { configurationItemCaptureTime: '#' }), digits);

    const { messages, codes } = await check(`${item}\n${GOOD}`);

    expect(messages).toEqual([
      'At byte 0: field "configurationItemCaptureTime" must be a time, such as 2026-01-31T12:00:00Z; received a number.',
    ]);
    expect(codes).toEqual(['CMK_USABLE']);
  });

  it('at the last instant of a calendar is a day', async () => {
    const key = withNumber(keyItem({ keyState: 'PendingDeletion', deletionDate: '#' }), '8640000000000000');

    const { report } = await check(`${JSON.stringify(trailItem())}\n${key}`);

    expect(report.findings[0]?.message).toContain('scheduled for deletion on +275760-09-13');
  });

  it('of a million digits that nobody asks for does no harm', async () => {
    const item = withNumber(trailItem({ retention: '#' }), '9'.repeat(1_000_000));

    expect(await check(`${item}\n${JSON.stringify(keyItem())}`)).toMatchObject({
      codes: ['CMK_USABLE'],
      messages: [],
    });
  });
});

describe('text that is none', () => {
  it.each([
    ['half a pair', '\ud800'],
    ['the other half', 'x\udc00'],
    ['the halves the wrong way round', '\udc00\ud800'],
  ])('%s is kept in the report, in escapes, and is not a key', async (_name, name) => {
    const { stdout, report, messages } = await check(
      snapshotOf(trailItem({ name, kmsKeyId: name }), keyItem()),
    );

    expect(messages).toEqual([]);
    expect(report.findings).toMatchObject([{ trailName: name, code: 'KEY_NOT_FOUND' }]);
    expect(Buffer.from(stdout).toString()).toBe(stdout);
  });

  it('different bytes that are not UTF-8 are different characters', async () => {
    const trailWith = (name: string) => ({
      ...trailItem({ name, trailARN: `${TRAIL_ARN}-${name}` }, { resourceId: name, resourceName: name }),
      ARN: `${TRAIL_ARN}-${name}`,
    });
    const text = snapshotOf(trailWith('\u00e4'), trailWith('\u00f6'), keyItem());

    const { report } = await check(Buffer.from(text, 'latin1'));

    expect(report.errors).toEqual([]);
    expect(report.findings.map(({ trailName, code }) => [trailName, code])).toEqual([
      ['\u00e4', 'CMK_USABLE'],
      ['\u00f6', 'CMK_USABLE'],
    ]);
  });
});

describe('deep nesting', () => {
  const DEEP = 100_000;
  const deep = '['.repeat(DEEP) + ']'.repeat(DEEP);

  it.each([
    ['a policy', keyItem({}, { supplementaryConfiguration: { Policy: deep } })],
    [
      'a policy in a policy',
      keyItem({}, { supplementaryConfiguration: { Policy: `{"Statement":${deep}}` } }),
    ],
    ['a rotation status', keyItem({}, { supplementaryConfiguration: { KeyRotationStatus: deep } })],
  ])('as %s is read as one that is not understood', async (_name, key) => {
    const { codes, messages } = await check(snapshotOf(trailItem(), key), '--param', 'checkKeyPolicy=true');

    expect(codes).toEqual(['CMK_USABLE']);
    expect(messages).toEqual([]);
  });

  it('as a parameter, a report or a configuration is refused by a sentence', async () => {
    const folder = await folderOf({ p: `{"checkKeyPolicy":${deep}}`, since: deep, 'good.json': GOOD });
    const said = async (...args: readonly string[]) =>
      (await run(['check', `${folder}/good.json`, ...args])).stderr;

    expect(await said('--param-file', `${folder}/p`)).toContain(
      'checkKeyPolicy must be a string; received an array.',
    );
    expect(await said('--since-report', `${folder}/since`)).toContain(
      'expected a JSON object; received an array.',
    );
    expect((await check(snapshotOf({ ...trailItem(), configuration: deep }))).messages).toEqual([
      expect.stringMatching(/field "configuration" must be an object; received a string\.$/),
    ]);
  });
});

describe('a gzip file that unpacks to a thousand times its size', () => {
  const MEGABYTE = 1_000_000;
  const bomb = (before: string, filling: string, behind: string): Buffer =>
    Buffer.concat([
      gzipSync(before),
      ...Array.from({ length: 4 }, () => gzipSync(filling.repeat((5 * MEGABYTE) / filling.length))),
      gzipSync(behind),
    ]);

  it.each([
    ['blanks', bomb('', ' ', GOOD), []],
    [
      'a text that nobody asks for',
      bomb(`${GOOD.slice(0, -1)},"x":"`, 'a', '"}'),
      [/^At byte 0: this value is larger than 16 MiB and was not read\.$/],
    ],
    ['brackets that open', bomb(`${GOOD}{"x":`, '[', ''), [/^At byte \d+: the data is incomplete/]],
    [
      'a name of a trail',
      bomb(`${GOOD}${JSON.stringify(trailItem()).slice(0, -1)},"x":"`, 'a', '"}'),
      [/^At byte \d+: this value is larger than 16 MiB and was not read\.$/],
    ],
  ])('of %s is read to its end, and other items are evaluated', async (_name, packed, problems) => {
    const { codes, messages } = await check(packed);

    expect(packed.length).toBeLessThan(MEGABYTE / 2);
    expect(codes).toEqual(['CMK_USABLE']);
    expect(messages).toEqual(problems.map((problem) => expect.stringMatching(problem)));
  });
});

describe('in a folder', () => {
  it('links and special files are passed by, whatever they are called', async () => {
    const folder = await folderOf({ 'good.json': GOOD, 'elsewhere/other.json': GOOD });
    const inside = `${folder}/inside`;
    await mkdir(`${inside}/named.json`, { recursive: true });
    await symlink(`${folder}/good.json`, `${inside}/out.json`);
    await symlink(`${folder}/elsewhere`, `${inside}/out`);
    await symlink('round.json', `${inside}/round.json`);
    await symlink('gone', `${inside}/dangling.json`);
    await symlink('/dev/zero', `${inside}/endless.json`);
    execFileSync('mkfifo', [`${inside}/pipe.json`]);
    const socket = createServer().listen(`${inside}/socket.json`);
    await once(socket, 'listening');
    onTestFinished(() => void socket.close());

    const { report, exitCode } = await runCheck(inside);

    expect(report.errors).toEqual([
      { source: inside, message: expect.stringMatching(/^The folder contains no AWS Config data/) },
    ]);
    expect(exitCode).toBe(2);
    await rm(`${inside}/pipe.json`);
  });
});

describe('named outright', () => {
  it('a link is followed to its file, and one that goes round is a problem', async () => {
    const folder = await folderOf({ 'good.json': GOOD });
    await symlink('good.json', `${folder}/link`);
    await symlink('round', `${folder}/round`);

    const { report, exitCode } = await runCheck(`${folder}/link`, `${folder}/round`);

    expect(report.findings).toMatchObject([{ trailArn: TRAIL_ARN, kmsKeyId: KEY_ARN, code: 'CMK_USABLE' }]);
    expect(report.errors).toEqual([
      { source: `${folder}/round`, message: expect.stringMatching(/^Reading failed: ELOOP: /) },
    ]);
    expect(exitCode).toBe(2);
  });

  it('a pipe without a writer ends at the first interrupt', async () => {
    const folder = await folderOf({});
    execFileSync('mkfifo', [`${folder}/pipe`]);

    const { report, exitCode } = await runCheck(`${folder}/pipe`, {
      onInterrupt: (interrupt) => setTimeout(interrupt, 100),
    });

    expect(report.errors).toEqual([
      { source: 'trailkey', message: 'Interrupted: the rest was not evaluated. Run the command again.' },
    ]);
    expect(exitCode).toBe(2);
  });

  it('a pipe is read to its end', async () => {
    const folder = await folderOf();
    execFileSync('mkfifo', [`${folder}/pipe`]);

    const checked = runCheck(`${folder}/pipe`);
    const pipe = await open(`${folder}/pipe`, 'w');
    await pipe.writeFile(GOOD);
    await pipe.close();

    expect((await checked).report).toMatchObject({ errors: [], findings: [{ code: 'CMK_USABLE' }] });
  });

  it.each(['/dev/zero', '/dev/null'])('the device %s is not read: it may never end', async (path) => {
    const { report, exitCode } = await runCheck(path);

    expect(report.errors).toEqual([
      { source: path, message: expect.stringMatching(/^The path is a device\./) },
    ]);
    expect(exitCode).toBe(2);
  });

  it('a socket is a problem', async () => {
    const folder = await folderOf();
    const socket = createServer().listen(`${folder}/socket`);
    await once(socket, 'listening');
    onTestFinished(() => void socket.close());

    const { report } = await runCheck(`${folder}/socket`);

    expect(report.errors).toEqual([
      { source: `${folder}/socket`, message: expect.stringMatching(/^Reading failed: ENXIO: /) },
    ]);
  });
});

describe('a text that is longer than AWS allows', () => {
  const LONG = 'a'.repeat(8_000_000);
  const GOOD_TRAIL = trailItem({ name: 'good', trailARN: `${TRAIL_ARN}-good` }, { resourceId: 'good' });

  it.each([
    ['the key of a trail', trailItem({ kmsKeyId: LONG })],
    ['a key in hexadecimal digits', trailItem({ kmsKeyId: '1-'.repeat(4_000_000) })],
    ['the ARN of a trail', trailItem({ trailARN: `${TRAIL_ARN}${LONG}` }, { ARN: `${TRAIL_ARN}${LONG}` })],
    ['the name of a trail', trailItem({ name: LONG })],
    ['a name of 129 characters', trailItem({ name: 'a'.repeat(129) })],
    ['a Region', trailItem({ homeRegion: `eu${'-a'.repeat(4_000_000)}-1` })],
    ['an account', trailItem({}, { awsAccountId: LONG })],
    ['the state of a key', keyItem({ keyState: LONG })],
  ])('is an error, and the others are evaluated: %s', async (_name, item) => {
    const { codes, messages, stdout, exitCode } = await check(snapshotOf(item, GOOD_TRAIL, keyItem()));

    expect(codes).toContain('CMK_USABLE');
    expect(messages).toEqual([
      expect.stringMatching(/must have at most \d+ characters; received \d+|must be/),
    ]);
    expect(stdout.length).toBeLessThan(100_000);
    expect(exitCode).toBe(2);
  });
});

describe('a file of values that cannot be used', () => {
  it.each([
    ['empty objects', '{}'],
    ['broken objects', '{"a":}\n'],
    ['texts', '"abc" '],
    ['numbers', '1 '],
  ])('(%s) is an error, plain or compressed, and the others are evaluated', async (_name, value) => {
    const text = value.repeat(110_000);
    const folder = await folderOf({ 'a.json': text, 'b.json': GOOD, 'c.json': gzipSync(text) });

    for (const file of ['a.json', 'c.json']) {
      const { report, exitCode } = await runCheck(`${folder}/${file}`, `${folder}/b.json`);

      expect(report.findings.map(({ code }) => code)).toEqual(['CMK_USABLE']);
      expect(report.errors.length).toBeGreaterThan(0);
      expect(report.errors.length).toBeLessThanOrEqual(2);
      expect(exitCode).toBe(2);
    }
  });

  it.each(['{}', '{"a":}\n'])('(%s) is not read to its end', async (value) => {
    const { messages } = await check(value.repeat(110_000));

    expect(messages).toContainEqual(
      expect.stringMatching(
        /^After byte \d+: the source contains more than 100000 values that Trailkey cannot use, so the rest was not read\.$/,
      ),
    );
  });
});

describe('garbage after a complete gzip member', () => {
  it.each([
    ['zeros', Buffer.alloc(512)],
    ['a broken member', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3])],
    ['a member of an unknown method', Buffer.from([0x1f, 0x8b, 9, 0, 1, 2, 3])],
    ['a newline', Buffer.from('\n')],
    ['text', Buffer.from('<html>The download has failed.</html>')],
  ])('(%s) does not drop what was read', async (_name, garbage) => {
    const { codes } = await check(Buffer.concat([gzipSync(GOOD), garbage]));

    expect(codes).toEqual(['CMK_USABLE']);
  });

  it.each([
    ['zeros', Buffer.alloc(100_000)],
    ['text', Buffer.from('<html>The download has failed.</html>')],
    ['text, then a member', Buffer.concat([Buffer.from('text'), gzipSync(GOOD)])],
  ])('(%s) does not drop the end of a large file', async (_name, garbage) => {
    const noise = Array.from(
      { length: 600 },
      () => `{"resourceType":"Other","noise":"${randomBytes(500).toString('hex')}"}\n`,
    );
    const large = gzipSync(noise.join('') + GOOD);

    const { codes } = await check(Buffer.concat([large, garbage]));

    expect(large.length).toBeGreaterThan(256 * 1024);
    expect(codes).toEqual(['CMK_USABLE']);
  });
});

describe('expressions of a template that refer to themselves', () => {
  const ref = (name: string) => ({ Ref: name });
  const trail = (properties: object) => ({ Type: 'AWS::CloudTrail::Trail', Properties: properties });
  const twice = (count: number, of: (name: string) => object) =>
    Array.from({ length: count }, (_, at) => [`X${at}`, of(`X${at + 1}`)] as const);

  it('end, and all trails are evaluated', async () => {
    const own = { 'Fn::Join': ['', ['a', ref('T1')]] };
    const looping = { 'Fn::FindInMap': ['M', 'a', 'b'] };
    const { codes, messages } = await check(
      JSON.stringify({
        Mappings: { M: { a: { b: looping } } },
        Parameters: { P: { Default: ref('P') } },
        Resources: {
          T1: trail({ TrailName: own, KMSKeyId: ref('K') }),
          T2: trail({ TrailName: { 'Fn::Join': ['', ['a', { 'Fn::GetAtt': ['T3', 'Arn'] }]] } }),
          T3: trail({ TrailName: { 'Fn::Join': ['', ['a', { 'Fn::GetAtt': ['T2', 'Arn'] }]] } }),
          T4: trail({ KMSKeyId: 'alias/a' }),
          A: { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/a', TargetKeyId: 'alias/a' } },
          K: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { a: own, b: [looping, ref('P')] } } },
        },
      }),
    );

    expect(codes.toSorted()).toEqual(['CMK_USABLE', 'KEY_UNVERIFIABLE', 'NO_KMS_KEY', 'NO_KMS_KEY']);
    expect(messages).toEqual([]);
  });

  it('nested deeply are not resolved', async () => {
    const nested = `${'{"Fn::Join":["",['.repeat(200)}"x"${']]}'.repeat(200)}`;

    const { codes } = await check(
      `{"Resources":{"T":{"Type":"AWS::CloudTrail::Trail","Properties":{"KMSKeyId":${nested}}}}}`,
    );

    expect(codes).toEqual(['KEY_UNVERIFIABLE']);
  });

  it.each([
    [
      'names',
      {
        Resources: Object.fromEntries(
          twice(60, (next) => trail({ TrailName: { 'Fn::Join': ['', [ref(next), ref(next)]] } })),
        ),
      },
    ],
    [
      'conditions',
      {
        Conditions: Object.fromEntries(
          twice(60, (next) => ({ 'Fn::Or': [{ Condition: next }, { Condition: next }] })),
        ),
        Resources: { T: { ...trail({}), Condition: 'X0' } },
      },
    ],
    [
      'variables and outputs',
      {
        terraform_version: '1.9.5',
        planned_values: {
          root_module: {
            resources: [{ address: 'aws_cloudtrail.t', type: 'aws_cloudtrail', name: 't', values: {} }],
            child_modules: [{ address: 'module.m', resources: [{ address: 'module.m.a.b', values: {} }] }],
          },
        },
        resource_changes: [
          { address: 'aws_cloudtrail.t', change: { actions: [], after_unknown: { kms_key_id: true } } },
        ],
        configuration: {
          root_module: {
            resources: [
              {
                type: 'aws_cloudtrail',
                name: 't',
                expressions: { kms_key_id: { references: ['module.m.o'] } },
              },
            ],
            module_calls: {
              m: {
                expressions: { v: { references: Array(10).fill('module.m.o') } },
                module: { outputs: { o: { expression: { references: Array(10).fill('var.v') } } } },
              },
            },
          },
        },
      },
    ],
  ])('without end (%s) are an error, and other files are evaluated', async (_name, template) => {
    const folder = await folderOf({ 'a.json': JSON.stringify(template), 'b.json': GOOD });

    const { report, exitCode } = await runCheck(folder);

    expect(report.findings.map(({ code }) => code)).toEqual(['CMK_USABLE']);
    expect(report.errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^At byte 0: resolving the expressions takes more than 1000000 steps\.$/),
    ]);
    expect(exitCode).toBe(2);
  });
});

describe('thousands of', () => {
  const COUNT = 4000;
  const all = <T>(of: (at: number) => T): readonly T[] => Array.from({ length: COUNT }, (_, at) => of(at));
  const uuid = (at: number) => `${String(at).padStart(8, '0')}-0000-4000-8000-000000000000`;
  const keyAt = (at: number) => `arn:aws:kms:eu-west-1:111122223333:key/${uuid(at)}`;
  const terraform = (type: string, at: number, values: object) => ({
    address: `${type}.r${at}`,
    mode: 'managed',
    type,
    name: `r${at}`,
    values,
  });

  it('resources of a CloudFormation template are evaluated, each with its line', async () => {
    const Resources = Object.fromEntries(
      all((at) => [
        [
          `T${at}`,
          { Type: 'AWS::CloudTrail::Trail', Properties: { TrailName: `t${at}`, KMSKeyId: `alias/a${at}` } },
        ],
        [
          `A${at}`,
          { Type: 'AWS::KMS::Alias', Properties: { AliasName: `alias/a${at}`, TargetKeyId: { Ref: 'K' } } },
        ],
      ]).flat(),
    );
    const text = JSON.stringify(
      { Description: '"', Resources: { ...Resources, K: { Type: 'AWS::KMS::Key' } }, Outputs: {} },
      null,
      1,
    );
    const lines = new Map(text.split('\n').map((line, at) => [line.trim(), at + 1]));

    const { report, codes } = await check(text);

    expect(new Set(codes)).toEqual(new Set(['CMK_USABLE']));
    expect(report.findings.map(({ trailName, location }) => `${trailName} ${location?.line}`)).toEqual(
      report.findings.map(({ trailName }) => `${trailName} ${lines.get(`"${trailName.toUpperCase()}": {`)}`),
    );
    expect(codes).toHaveLength(COUNT);
  });

  it('resources of a Terraform plan are evaluated', async () => {
    const change = (address: string, ...fields: readonly string[]) => ({
      address,
      change: { actions: ['create'], after_unknown: Object.fromEntries(fields.map((one) => [one, true])) },
    });
    const { codes } = await check(
      JSON.stringify({
        terraform_version: '1.9.5',
        planned_values: {
          root_module: {
            resources: [
              ...all((at) => terraform('aws_cloudtrail', at, { name: `t${at}` })),
              ...all((at) => terraform('aws_kms_key', at, {})),
              ...all((at) => terraform('aws_kms_key_policy', at, { policy: '{"Statement":[]}' })),
            ],
          },
        },
        resource_changes: all((at) => change(`aws_cloudtrail.r${at}`, 'kms_key_id')),
        configuration: {
          root_module: {
            resources: [
              ...all((at) => ({
                ...terraform('aws_cloudtrail', at, {}),
                expressions: { kms_key_id: { references: [`aws_kms_key.r${at}.arn`] } },
              })),
              ...all((at) => ({
                ...terraform('aws_kms_key_policy', at, {}),
                expressions: { key_id: { references: [`aws_kms_key.r${at}.id`] } },
              })),
            ],
          },
        },
      }),
    );

    expect(codes).toHaveLength(COUNT);
    expect(new Set(codes)).toEqual(new Set(['CMK_USABLE']));
  });

  it.each(['one file', 'two files'])('keys and their policies, by key ID, are read in %s', async (files) => {
    const principal = { AWS: 'arn:aws:iam::111122223333:root' };
    const statement = { Effect: 'Allow', Principal: principal, Action: 'kms:*', Resource: '*' };
    const policy = JSON.stringify({ Statement: [statement] });
    const keys = all((at) =>
      JSON.stringify({ KeyMetadata: { Arn: keyAt(at), KeyState: 'Enabled', KeyManager: 'CUSTOMER' } }),
    );
    const policies = all((at) => JSON.stringify({ Policy: policy, PolicyName: 'default', KeyId: uuid(at) }));
    const first = [snapshotOf(trailItem({ kmsKeyId: keyAt(0) })), ...keys].join('\n');
    const folder = await folderOf(
      files === 'one file'
        ? { 'a.json': `${first}\n${policies.join('\n')}` }
        : { 'a.json': first, 'b.json': policies.join('\n') },
    );

    const { report } = await runCheck(folder, '--param', 'checkKeyPolicy=true');

    expect(report.errors).toEqual([]);
    expect(report.findings).toMatchObject([{ code: 'KEY_POLICY_BLOCKS_CLOUDTRAIL' }]);
  });
});
