import { describe, expect, it } from 'vitest';
import type { Play } from '../support/automation-service.js';
import { runRepair } from '../support/run-repair.js';
import { OTHER_KEY, TARGET_KEY, TRAIL_ARN, worldKey, worldTrail } from '../support/world/parts.js';
import type { WorldKey } from '../support/world/state.js';
import { type World, world } from '../support/world/world.js';

const ID = '00000000-0000-4000-8000-000000000000';
const APPROVER = 'arn:aws:iam::111122223333:role/security';

/** The repair as it goes well. */
const ENCRYPTS: Play = {
  steps: [
    ['Assess', 'Success'],
    ['Decide', 'Success'],
    ['UpdateTrail', 'Success'],
    ['VerifyTrailKey', 'Success'],
    ['VerifyDelivery', 'Success'],
  ],
  status: 'Success',
  outputs: {
    'Assess.TrailArn': TRAIL_ARN,
    'Assess.Decision': 'UpdateTrail',
    'Assess.Reason': `Changing the key of trail ${TRAIL_ARN} from none to ${TARGET_KEY} (Enabled).`,
    'Assess.TargetKeyArn': TARGET_KEY,
    'Assess.PreviousKmsKeyId': 'none',
    'VerifyDelivery.State': 'Delivered',
  },
  effect: ({ trails }) => {
    for (const trail of trails) trail.kmsKeyId = TARGET_KEY;
  },
};
const ENABLES: Play = {
  steps: [
    ['Assess', 'Success'],
    ['Approve', 'Waiting'],
    ['EnableKey', 'Success'],
  ],
  status: 'Success',
  outputs: { 'VerifyDelivery.State': 'NotSeenYet' },
  effect: ({ keys }) => {
    for (const key of keys) key.state = 'Enabled';
  },
};
const PLAYS = { 'Trailkey-EncryptTrail': ENCRYPTS, 'Trailkey-RestoreKey': ENABLES };

const withKey = (key: Partial<WorldKey>): World =>
  world({
    trails: [worldTrail({ kmsKeyId: OTHER_KEY })],
    keys: [worldKey(), worldKey({ arn: OTHER_KEY, ...key })],
  });

describe('trailkey remediate', () => {
  it('judges, says what will be done, starts the document, shows its steps, and judges again', async () => {
    const { exitCode, stdout, stderr, started } = await runRepair({ world: world(), plays: PLAYS }, [
      'remediate',
      'audit',
      '--yes',
    ]);

    expect(stderr).toBe('');
    expect(stdout).toMatchInlineSnapshot(`
      "audit (eu-west-1): NON_COMPLIANT
        NO_KMS_KEY: Trail audit has no KMS key, so anyone who can read its bucket can read its logs. Set a
        customer managed key on the trail with Trailkey-EncryptTrail.

      Trailkey-EncryptTrail gives trail audit (eu-west-1) the key alias/trailkey, and waits up to 8
      minutes for a delivery of logs. Should delivery fail that worked before, the trail gets its former
      key back.

      Before you go on:
        - Whoever reads the logs needs kms:Decrypt on the new key, besides reading the bucket.
        - A trail that CloudFormation, Terraform or Control Tower owns must get the key there too, or it
        loses it again.

      Started Trailkey-EncryptTrail in eu-west-1: execution 00000000-0000-4000-8000-000000000000.
        12:00:05Z  Assess            Success  5 s
        12:00:10Z  Decide            Success  5 s
        12:00:15Z  UpdateTrail       Success  5 s
        12:00:20Z  VerifyTrailKey    Success  5 s
        12:00:25Z  VerifyDelivery    Success  5 s
      Changing the key of trail arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit from none to arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab (Enabled).
      Logs were delivered since.
      audit (eu-west-1): COMPLIANT
        CMK_USABLE: Key arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab is a
        customer managed key in a state that CloudTrail can use. No action is needed.

      "
    `);
    expect(exitCode).toBe(0);
    expect(started).toEqual([
      {
        document: 'Trailkey-EncryptTrail',
        region: 'eu-west-1',
        parameters: {
          AutomationAssumeRole: ['arn:aws:iam::111122223333:role/trailkey-remediation-eu-west-1'],
          TrailName: [TRAIL_ARN],
          KmsKeyId: ['alias/trailkey'],
          Mode: ['Apply'],
          ReplaceExistingKey: ['IfUnusable'],
          ConfigRuleName: ['cloudtrail-cmk-usable'],
        },
      },
    ]);
  });

  it('names the two risks before it asks, and starts nothing unless it hears yes', async () => {
    const asked = { world: world(), plays: PLAYS, columns: 100 };

    const no = await runRepair({ ...asked, stdin: '\n' }, ['remediate', 'audit']);
    const yes = await runRepair({ ...asked, world: world(), stdin: 'y\n' }, ['remediate', 'audit']);

    expect(no.stdout).toContain('needs kms:Decrypt on the new key');
    expect(no.stdout).toContain('CloudFormation, Terraform or Control Tower');
    expect(no).toMatchObject({ exitCode: 2, started: [] });
    expect(no.stderr).toContain('Go on? [y/N] Nothing was started.');
    expect(yes.exitCode).toBe(0);
  });

  it('refuses without a terminal and without --yes', async () => {
    const { exitCode, stderr, started } = await runRepair({ world: world(), plays: PLAYS }, [
      'remediate',
      'audit',
    ]);

    expect({ exitCode, started }).toEqual({ exitCode: 2, started: [] });
    expect(stderr).toBe(
      'trailkey: Nothing was started: there is no terminal to ask on. Add --yes to go on unasked.\n',
    );
  });

  it('runs the dry run of the document without asking', async () => {
    const dryRun: Play = {
      steps: [['Assess', 'Success']],
      status: 'Success',
      outputs: { 'Assess.Reason': 'Dry run: Mode Apply would change the key.' },
    };
    const { exitCode, stdout, started } = await runRepair(
      { world: world(), plays: { 'Trailkey-EncryptTrail': dryRun } },
      ['remediate', 'audit', '--dry-run', '--key', TARGET_KEY, '--replace-existing', 'never'],
    );

    expect(exitCode).toBe(0);
    expect(stdout).toContain('Dry run: Mode Apply would change the key.');
    expect(stdout).not.toContain('Before you go on');
    expect(started[0]?.parameters).toMatchObject({
      Mode: ['DryRun'],
      KmsKeyId: [TARGET_KEY],
      ReplaceExistingKey: ['Never'],
    });
  });

  it('tells the failed step in its own words, and what to do', async () => {
    const refused: Play = {
      steps: [
        ['Assess', 'Success'],
        ['UpdateTrail', 'Failed', 'InsufficientEncryptionPolicyException when calling UpdateTrail'],
      ],
      status: 'Failed',
    };
    const { exitCode, stderr, stdout } = await runRepair(
      { world: world(), plays: { 'Trailkey-EncryptTrail': refused } },
      ['remediate', 'audit', '--yes'],
    );

    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      'The automation ended as Failed.\n' +
        'Step UpdateTrail: InsufficientEncryptionPolicyException when calling UpdateTrail\n' +
        'Let cloudtrail.amazonaws.com use the key for this trail in the key policy, and write to the bucket with it in the bucket policy.\n',
    );
    expect(stdout.match(/audit \(eu-west-1\): NON_COMPLIANT/g)).toHaveLength(2);
  });

  it('says how to deploy a document that is missing', async () => {
    const { exitCode, stderr } = await runRepair({ world: world() }, ['remediate', 'audit', '--yes']);

    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      "Not started: SSM document Trailkey-EncryptTrail does not exist in this account and Region. Deploy Trailkey's stack there " +
        '(npx serverless deploy --region REGION): docs/deploy-account.md.\n',
    );
  });

  it('says which permission is missing', async () => {
    const { exitCode, stderr } = await runRepair(
      {
        world: world(),
        plays: PLAYS,
        faults: ({ operation }) => (operation === 'StartAutomationExecution' ? 'denied' : undefined),
      },
      ['remediate', 'audit', '--yes'],
    );

    expect(exitCode).toBe(2);
    expect(stderr).toContain('ssm:StartAutomationExecution is denied in eu-west-1');
  });

  it('fails where the trail is still non-compliant afterwards', async () => {
    const { exitCode } = await runRepair(
      { world: world(), plays: { 'Trailkey-EncryptTrail': { ...ENCRYPTS, effect: () => {} } } },
      ['remediate', 'audit', '--yes'],
    );

    expect(exitCode).toBe(1);
  });

  it.each([
    ['KEY_NOT_FOUND', world({ trails: [worldTrail({ kmsKeyId: OTHER_KEY })], keys: [worldKey()] })],
    ['KEY_NOT_CUSTOMER_MANAGED', withKey({ manager: 'AWS' })],
    ['KEY_WRONG_TYPE', withKey({ spec: 'RSA_2048', usage: 'SIGN_VERIFY' })],
    ['KEY_PENDING_IMPORT', withKey({ state: 'PendingImport' })],
    ['KEY_UNAVAILABLE', withKey({ state: 'Unavailable' })],
    ['KEY_DISABLED', withKey({ state: 'Disabled' })],
    ['KEY_PENDING_DELETION', withKey({ state: 'PendingDeletion' })],
  ])('gives a trail with %s another key', async (code, place) => {
    const { stdout, started, exitCode } = await runRepair({ world: place, plays: PLAYS }, [
      'remediate',
      'audit',
      '--yes',
    ]);

    expect(stdout).toContain(code);
    expect(started).toMatchObject([{ document: 'Trailkey-EncryptTrail' }]);
    expect(exitCode).toBe(0);
  });

  it('says how to rescue the key that waits for deletion behind a repaired trail', async () => {
    const { stdout } = await runRepair({ world: withKey({ state: 'PendingDeletion' }), plays: PLAYS }, [
      'remediate',
      'audit',
      '--yes',
    ]);

    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      `trailkey remediate audit --restore-key --key ${OTHER_KEY} --approver WHO`,
    );
  });

  it.each([
    ['a key that works', {}, [], 0, 'No action is needed'],
    [
      'a key that may not be asked',
      { closed: true },
      [],
      2,
      'Allow kms:DescribeKey in the key policy and in IAM.',
    ],
    [
      'a key that is not allowed',
      {},
      ['--param', `kmsKeyArns=${TARGET_KEY}`],
      2,
      '--replace-existing always',
    ],
    [
      'a key that does not rotate',
      { rotates: false },
      ['--param', 'requireKeyRotation=true'],
      2,
      'EnableKeyRotation',
    ],
  ])('starts nothing for %s, and says what to do', async (...[, key, options, code, words]) => {
    const { exitCode, stdout, started } = await runRepair({ world: withKey(key), plays: PLAYS }, [
      'remediate',
      'audit',
      '--yes',
      ...options,
    ]);

    expect(started).toEqual([]);
    expect(exitCode).toBe(code);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(words);
  });

  it('replaces a key that is not allowed with --replace-existing always', async () => {
    const { exitCode, started } = await runRepair({ world: withKey({}), plays: PLAYS }, [
      'remediate',
      'audit',
      '--yes',
      '--replace-existing',
      'always',
      '--param',
      `kmsKeyArns=${TARGET_KEY}`,
    ]);

    expect(exitCode).toBe(0);
    expect(started[0]?.parameters).toMatchObject({ ReplaceExistingKey: ['Always'] });
  });

  it('says that a key closed to CloudTrail by its policy may be refused to be replaced', async () => {
    const { stdout, started } = await runRepair(
      { world: withKey({ admitsCloudTrail: false }), plays: PLAYS },
      ['remediate', 'audit', '--yes', '--param', 'checkKeyPolicy=true'],
    );

    expect(stdout).toContain('KEY_POLICY_BLOCKS_CLOUDTRAIL');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('add --replace-existing always');
    expect(started).toHaveLength(1);
  });

  it('restores a disabled key, and says how its approver approves', async () => {
    const { exitCode, stdout, started } = await runRepair(
      { world: withKey({ state: 'Disabled' }), plays: PLAYS },
      ['remediate', 'audit', '--yes', '--restore-key', '--approver', APPROVER, '--approver', 'ann'],
    );

    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      `An approver runs: aws ssm send-automation-signal --automation-execution-id ${ID} --signal-type Approve --region eu-west-1`,
    );
    expect(started).toMatchObject([
      {
        document: 'Trailkey-RestoreKey',
        parameters: {
          AutomationAssumeRole: ['arn:aws:iam::111122223333:role/trailkey-repair-eu-west-1'],
          KeyArn: [OTHER_KEY],
          Approvers: [APPROVER, 'ann'],
        },
      },
    ]);
  });

  it('rescues a key that the trail no longer has', async () => {
    const place = world({
      trails: [worldTrail({ kmsKeyId: TARGET_KEY })],
      keys: [worldKey(), worldKey({ arn: OTHER_KEY, state: 'PendingDeletion' })],
    });
    const { started } = await runRepair({ world: place, plays: PLAYS }, [
      'remediate',
      'audit',
      '--yes',
      '--restore-key',
      '--key',
      OTHER_KEY,
      '--approver',
      'ann',
    ]);

    expect(started).toMatchObject([{ document: 'Trailkey-RestoreKey', parameters: { KeyArn: [OTHER_KEY] } }]);
  });

  it('restores no key that is neither disabled nor doomed', async () => {
    const { exitCode, stdout } = await runRepair({ world: world(), plays: PLAYS }, [
      'remediate',
      'audit',
      '--yes',
      '--restore-key',
      '--approver',
      'ann',
    ]);

    expect(exitCode).toBe(2);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('and the verdict is NO_KMS_KEY');
  });

  it('runs in the home Region of the trail, wherever it is started', async () => {
    const arn = 'arn:aws:cloudtrail:us-east-1:111122223333:trail/other';
    const place = world({
      trails: [worldTrail(), worldTrail({ name: 'other', arn, homeRegion: 'us-east-1' })],
    });
    for (const named of ['other', arn]) {
      const { started } = await runRepair({ world: place, plays: PLAYS }, ['remediate', named, '--yes']);

      expect(started).toMatchObject([
        {
          region: 'us-east-1',
          parameters: {
            TrailName: [arn],
            AutomationAssumeRole: ['arn:aws:iam::111122223333:role/trailkey-remediation-us-east-1'],
          },
        },
      ]);
      for (const trail of place.trails) trail.kmsKeyId = undefined;
    }
  });

  it.each([
    ['other', 'CloudTrail lists no trail "other" in account 111122223333. Its trails are audit.'],
    ['arn:aws:s3:::logs', 'TRAIL should be the name or the ARN of a trail and is "arn:aws:s3:::logs".'],
    [
      'arn:aws:cloudtrail:eu-west-1:999988887777:trail/audit',
      'belongs to account 999988887777, which alone can change it. You are in account 111122223333',
    ],
    ['arn:aws:cloudtrail:eu-west-1:111122223333:trail/x-y', 'CloudTrail knows no trail arn:aws:cloudtrail'],
  ])('says of %s why there is nothing to repair', async (named, words) => {
    const { exitCode, stderr } = await runRepair({ world: world() }, ['remediate', named, '--yes']);

    expect(exitCode).toBe(2);
    expect(stderr).toContain(words);
  });

  it('asks for the ARN where a name is not enough', async () => {
    const arn = 'arn:aws:cloudtrail:us-east-1:111122223333:trail/audit';
    const place = world({ trails: [worldTrail(), worldTrail({ arn, homeRegion: 'us-east-1' })] });

    const { exitCode, stderr } = await runRepair({ world: place }, ['remediate', 'audit', '--yes']);

    expect(exitCode).toBe(2);
    expect(stderr).toContain(`2 trails are named "audit". Give the ARN of one: ${TRAIL_ARN}, ${arn}.`);
  });

  it.each([
    [[], 'Name a trail, or --all'],
    [['audit', '--all'], '--all takes every trail: leave audit out, or --all.'],
    [['--all', '--restore-key', '--approver', 'ann'], '--restore-key is for one trail'],
    [['audit', '--restore-key'], '--restore-key needs --approver'],
    [['audit', '--approver', 'ann'], '--approver belongs to --restore-key.'],
    [['audit', '--restore-key', '--approver', 'ann', '--dry-run'], 'exclude each other'],
    [
      ['audit', '--restore-key', '--approver', 'ann', '--key', 'alias/x'],
      '--key should be the ARN of the key to restore',
    ],
    [
      ['audit', '--restore-key', ...Array.from({ length: 11 }, () => ['--approver', 'ann']).flat()],
      '--approver can be given 10 times, and is given 11 times.',
    ],
    [
      ['audit', '--key', 'trailkey'],
      '--key should be a key as ARN, alias, ARN of an alias, or id, and is "trailkey".',
    ],
    [
      ['audit', '--replace-existing', 'maybe'],
      '--replace-existing should be never, if-unusable, always and is "maybe".',
    ],
    [['audit', '--param', 'checkKeyPolicy=maybe'], 'checkKeyPolicy must be'],
  ])('refuses %j before it asks AWS', async (options, words) => {
    const { exitCode, stderr, calls } = await runRepair({ world: world() }, ['remediate', ...options]);

    expect({ exitCode, calls }).toEqual({ exitCode: 2, calls: [] });
    expect(stderr).toContain(words);
  });

  it('says of a call that AWS denies that nothing was started', async () => {
    const { exitCode, stderr } = await runRepair(
      { world: world(), faults: ({ operation }) => (operation === 'ListTrails' ? 'denied' : undefined) },
      ['remediate', 'audit', '--yes'],
    );

    expect(exitCode).toBe(2);
    expect(stderr).toContain('trailkey: Nothing was started: cloudtrail:ListTrails is denied in eu-west-1.');
  });

  it('shows what it asks of AWS with --debug, and no secret', async () => {
    const { stderr } = await runRepair({ world: world(), plays: PLAYS }, [
      'remediate',
      'audit',
      '--yes',
      '--debug',
    ]);

    expect(stderr).toContain('ssm:StartAutomationExecution in eu-west-1');
    expect(stderr).not.toContain('secret-of-the-caller');
  });
});

describe('trailkey remediate --all', () => {
  const names = ['one', 'two', 'three'];
  const many = (): World =>
    world({
      trails: [
        worldTrail({ kmsKeyId: TARGET_KEY }),
        ...names.map((name) =>
          worldTrail({ name, arn: `arn:aws:cloudtrail:eu-west-1:111122223333:trail/${name}` }),
        ),
      ],
    });

  it('repairs every non-compliant trail, one started a second, and sums up', async () => {
    let pauses = 0;
    const { exitCode, stdout, started, calls } = await runRepair(
      {
        world: many(),
        plays: PLAYS,
        pause: () => {
          pauses += 1;
        },
      },
      ['remediate', '--all', '--yes'],
    );

    expect(exitCode).toBe(0);
    expect(started.map(({ parameters }) => parameters['TrailName']?.[0]?.split('/')[1])).toEqual(names);
    expect(pauses).toBeGreaterThanOrEqual(names.length - 1);
    for (const name of names) {
      expect(stdout).toContain(`${name}: Started Trailkey-EncryptTrail in eu-west-1`);
      expect(stdout).toContain(`${name} (eu-west-1): COMPLIANT`);
    }
    expect(stdout).toContain('3 of 3 trails are repaired.');
    // The one Region once before and once after, however many trails it has.
    expect(calls.filter(({ operation }) => operation === 'DescribeTrails')).toHaveLength(2);
  });

  it('repairs what it can, and fails for the rest', async () => {
    const place = many();
    for (const trail of place.trails.slice(2)) trail.kmsKeyId = OTHER_KEY;
    for (const key of place.keys) key.closed = key.arn === OTHER_KEY;
    const { exitCode, stdout, started } = await runRepair(
      {
        world: place,
        plays: {
          'Trailkey-EncryptTrail': {
            ...ENCRYPTS,
            effect: ({ trails }) => {
              for (const trail of trails) if (trail.name === 'one') trail.kmsKeyId = TARGET_KEY;
            },
          },
        },
      },
      ['remediate', '--all', '--yes'],
    );

    expect(started).toHaveLength(1);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('1 of 3 trails are repaired.');
  });

  it('says that there is nothing to repair', async () => {
    const place = world({ trails: [worldTrail({ kmsKeyId: TARGET_KEY })] });
    const { exitCode, stdout } = await runRepair({ world: place }, ['remediate', '--all']);

    expect(exitCode).toBe(0);
    expect(stdout).toBe('No trail of this account is non-compliant: there is nothing to repair.\n');
  });
});

describe('Ctrl-C', () => {
  it('leaves the automation running, and says how to follow or cancel it', async () => {
    let interrupt: () => void = () => {};
    const { exitCode, stderr } = await runRepair(
      {
        world: world(),
        plays: PLAYS,
        onInterrupt: (callback) => {
          interrupt = callback;
        },
        pause: () => interrupt(),
      },
      ['remediate', 'audit', '--yes'],
    );

    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      'The automation goes on without this command.\n' +
        `Follow it: aws ssm get-automation-execution --automation-execution-id ${ID} --region eu-west-1\n` +
        `Cancel it: aws ssm stop-automation-execution --automation-execution-id ${ID} --region eu-west-1\n`,
    );
  });

  it('at the question starts nothing', async () => {
    const callbacks: (() => void)[] = [];
    const running = runRepair(
      {
        world: world(),
        plays: PLAYS,
        columns: 80,
        stdin: 'perhaps',
        onInterrupt: (callback) => {
          callbacks.push(callback);
          if (callbacks.length > 1) callback();
        },
      },
      ['remediate', 'audit'],
    );

    expect(await running).toMatchObject({ exitCode: 2, started: [] });
  });

  it('before anything is started says so', async () => {
    const { exitCode, stderr, started } = await runRepair(
      { world: world(), plays: PLAYS, onInterrupt: (callback) => callback() },
      ['remediate', 'audit', '--yes'],
    );

    expect({ exitCode, started }).toEqual({ exitCode: 2, started: [] });
    expect(stderr).toBe('trailkey: Interrupted: nothing was started.\n');
  });

  it('between two starts starts no more', async () => {
    let interrupt: () => void = () => {};
    const place = world({
      trails: ['one', 'two'].map((name) =>
        worldTrail({ name, arn: `arn:aws:cloudtrail:eu-west-1:111122223333:trail/${name}` }),
      ),
    });
    const { exitCode, started } = await runRepair(
      {
        world: place,
        plays: PLAYS,
        onInterrupt: (callback) => {
          interrupt = callback;
        },
        pause: () => interrupt(),
      },
      ['remediate', '--all', '--yes'],
    );

    expect(exitCode).toBe(2);
    expect(started).toHaveLength(1);
  });

  it('after the automation has ended does not call it unstarted', async () => {
    const callbacks: (() => void)[] = [];
    const place = world();
    const { exitCode, stderr } = await runRepair(
      {
        world: place,
        plays: {
          'Trailkey-EncryptTrail': {
            ...ENCRYPTS,
            effect: () => {
              for (const trail of place.trails) trail.kmsKeyId = TARGET_KEY;
            },
          },
        },
        onInterrupt: (callback) => callbacks.push(callback),
        faults: ({ operation }, earlier) => {
          if (operation === 'DescribeTrails' && earlier === 1) for (const callback of callbacks) callback();
          return undefined;
        },
      },
      ['remediate', 'audit', '--yes'],
    );

    expect(exitCode).toBe(2);
    expect(stderr).toBe('The automation has ended. What it came to was not judged again: interrupted.\n');
  });

  it('follows no automation that cannot be read, and says how to', async () => {
    const { exitCode, stderr } = await runRepair(
      {
        world: world(),
        plays: PLAYS,
        faults: ({ operation }) => (operation === 'GetAutomationExecution' ? 'denied' : undefined),
      },
      ['remediate', 'audit', '--yes'],
    );

    expect(exitCode).toBe(2);
    expect(stderr).toContain('ssm:GetAutomationExecution is denied');
    expect(stderr).toContain('The automation goes on without this command.');
  });
});

describe('on a terminal', () => {
  it('shows the step that runs, within the width, and takes it away again', async () => {
    const { stderr, stdout } = await runRepair(
      { world: world(), plays: PLAYS, columns: 40, now: Date.UTC(2026, 0, 5, 12, 2) },
      ['remediate', 'audit', '--yes'],
    );

    const shown = stderr.split('\r\u001b[K').filter((piece) => piece !== '');
    expect(shown[0]).toBe('  Assess … 2 min 0 s');
    expect(shown.every((piece) => piece.length < 40)).toBe(true);
    expect(stderr.endsWith('\r\u001b[K')).toBe(true);
    expect(stdout).not.toContain('\r');
  });
});

describe('an automation', () => {
  const ended = (play: Partial<Play>) =>
    runRepair(
      { world: world(), plays: { 'Trailkey-EncryptTrail': { ...ENCRYPTS, effect: () => {}, ...play } } },
      ['remediate', 'audit', '--yes'],
    );

  it('that fails without a step that failed is told by its own words', async () => {
    const { exitCode, stderr } = await ended({ steps: [['Assess', 'Success']], status: 'Cancelled' });

    expect(exitCode).toBe(1);
    expect(stderr).toBe('The automation ended as Cancelled.\n');
  });

  it('whose delivery is of a kind that is not known says it as it came', async () => {
    const { stdout } = await ended({ outputs: { 'VerifyDelivery.State': 'Elsewhere' } });

    expect(stdout).toContain('Delivery: Elsewhere.');
  });

  it('that did not come to a delivery says nothing of it', async () => {
    const { stdout } = await ended({
      outputs: {
        'VerifyDelivery.State': 'No output available yet because the step is not successfully executed',
      },
    });

    expect(stdout).not.toContain('No output available');
  });
});

describe('what goes wrong after the start', () => {
  it('does not end the following at the first fault', async () => {
    const { exitCode, stdout } = await runRepair(
      {
        world: world(),
        plays: PLAYS,
        faults: ({ operation }, earlier) =>
          operation === 'GetAutomationExecution' && [1, 2].includes(earlier)
            ? { error: 'AutomationExecutionNotFoundException' }
            : undefined,
      },
      ['remediate', 'audit', '--yes'],
    );

    expect(exitCode).toBe(0);
    expect(stdout).toContain('VerifyDelivery');
  });

  it('ends the following when faults do not cease, and says how to go on', async () => {
    const { exitCode, stderr } = await runRepair(
      {
        world: world(),
        plays: PLAYS,
        faults: ({ operation }) =>
          operation === 'GetAutomationExecution'
            ? { error: 'AutomationExecutionNotFoundException' }
            : undefined,
      },
      ['remediate', 'audit', '--yes'],
    );

    expect(exitCode).toBe(2);
    expect(stderr).toContain('ssm:GetAutomationExecution failed in eu-west-1');
    expect(stderr).toContain('The automation goes on without this command.');
  });

  it('says that the trail was not judged again, where AWS does not tell', async () => {
    const { exitCode, stderr, started } = await runRepair(
      {
        world: world(),
        plays: PLAYS,
        faults: ({ operation }, earlier) =>
          operation === 'DescribeTrails' && earlier === 1 ? 'denied' : undefined,
      },
      ['remediate', 'audit', '--yes'],
    );

    expect(started).toHaveLength(1);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      'The automation has ended. What it came to was not judged again: cloudtrail:DescribeTrails',
    );
    expect(stderr).not.toContain('Nothing was started');
  });
});

describe('trailkey back-out', () => {
  it('turns back what a failed execution has left', async () => {
    const failed: Play = {
      ...ENCRYPTS,
      steps: [
        ['UpdateTrail', 'Success'],
        ['RollBack', 'Failed', 'not turned back'],
      ],
      status: 'Failed',
    };
    const { exitCode, started } = await runRepair(
      { world: world(), plays: { ...plays, 'Trailkey-EncryptTrail': failed } },
      ['remediate', 'audit', '--yes'],
      ['back-out', 'audit', '--yes'],
    );

    expect(exitCode).toBe(0);
    expect(started[1]?.parameters).toMatchObject({
      ExpectedKmsKeyId: [TARGET_KEY],
      PreviousKmsKeyId: ['none'],
    });
  });

  it('says that the last change is turned back already', async () => {
    const { exitCode, stderr } = await runRepair(
      { world: world(), plays },
      ['remediate', 'audit', '--yes'],
      ['back-out', 'audit', '--yes'],
      ['back-out', 'audit', '--yes'],
    );

    expect(exitCode).toBe(2);
    expect(stderr).toContain(`gave trail ${TRAIL_ARN} the key ${TARGET_KEY}, and it has none by now`);
  });

  const BACKED_OUT: Play = {
    steps: [
      ['Assess', 'Success'],
      ['SetPreviousKey', 'Success'],
    ],
    status: 'Success',
    effect: ({ trails }) => {
      for (const trail of trails) trail.kmsKeyId = undefined;
    },
  };
  const plays = { ...PLAYS, 'Trailkey-BackOut': BACKED_OUT };

  it('turns the last change back, by the outputs of its execution', async () => {
    const { exitCode, stdout, started } = await runRepair(
      { world: world(), plays },
      ['remediate', 'audit', '--yes'],
      ['back-out', 'audit', '--yes', '--logging', 'stop'],
    );

    expect(exitCode).toBe(0);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      `Execution ${ID} changed the key of trail audit from none to ${TARGET_KEY}.`,
    );
    expect(stdout).toContain('records nothing of what happens');
    expect(started[1]).toEqual({
      document: 'Trailkey-BackOut',
      region: 'eu-west-1',
      parameters: {
        AutomationAssumeRole: ['arn:aws:iam::111122223333:role/trailkey-repair-eu-west-1'],
        TrailArn: [TRAIL_ARN],
        ExpectedKmsKeyId: [TARGET_KEY],
        PreviousKmsKeyId: ['none'],
        Logging: ['Stop'],
      },
    });
  });

  it('says what it needs where no execution tells', async () => {
    const { exitCode, stderr } = await runRepair({ world: world(), plays }, ['back-out', 'audit', '--yes']);

    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      `SSM keeps no execution of Trailkey-EncryptTrail that changed trail ${TRAIL_ARN}`,
    );
    expect(stderr).toContain('--expected-key');
  });

  it('takes the keys as they are given', async () => {
    const { exitCode, started } = await runRepair(
      { world: world({ trails: [worldTrail({ kmsKeyId: TARGET_KEY })] }), plays },
      [
        'back-out',
        TRAIL_ARN,
        '--yes',
        '--expected-key',
        TARGET_KEY,
        '--previous-key',
        OTHER_KEY,
        '--logging',
        'start',
      ],
    );

    expect(exitCode).toBe(0);
    expect(started[0]?.parameters).toMatchObject({ PreviousKmsKeyId: [OTHER_KEY], Logging: ['Start'] });
  });

  it('starts nothing unless it hears yes', async () => {
    const { exitCode, started } = await runRepair({ world: world(), plays, columns: 80, stdin: 'n\n' }, [
      'back-out',
      'audit',
      '--expected-key',
      'none',
      '--previous-key',
      TARGET_KEY,
    ]);

    expect({ exitCode, started }).toEqual({ exitCode: 2, started: [] });
  });

  it('fails where the document refuses', async () => {
    const refused: Play = {
      steps: [['Blocked', 'Failed', 'Exception: somebody changed it since']],
      status: 'Failed',
    };
    const { exitCode, stderr } = await runRepair({ world: world(), plays: { 'Trailkey-BackOut': refused } }, [
      'back-out',
      'audit',
      '--yes',
      '--expected-key',
      TARGET_KEY,
      '--previous-key',
      'none',
    ]);

    expect(exitCode).toBe(1);
    expect(stderr).toContain('Step Blocked: Exception: somebody changed it since');
  });

  it('says how to deploy a document that is missing', async () => {
    const { exitCode, stderr } = await runRepair({ world: world() }, [
      'back-out',
      'audit',
      '--yes',
      '--expected-key',
      TARGET_KEY,
      '--previous-key',
      'none',
    ]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('SSM document Trailkey-BackOut does not exist');
  });

  it.each([
    [['--logging', 'pause'], '--logging should be keep, stop, start and is "pause".'],
    [['--expected-key', TARGET_KEY], '--expected-key and --previous-key belong together'],
    [
      ['--expected-key', TARGET_KEY, '--previous-key', 'alias/x'],
      '--previous-key should be the ARN of a key, or none',
    ],
  ])('refuses %j before it asks AWS', async (options, words) => {
    const { exitCode, stderr, calls } = await runRepair({ world: world() }, [
      'back-out',
      'audit',
      ...options,
    ]);

    expect({ exitCode, calls }).toEqual({ exitCode: 2, calls: [] });
    expect(stderr).toContain(words);
  });
});
