import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { confirm } from '../../src/cli/remediation/messages.js';
import type { Terminal } from '../../src/cli/terminal.js';
import type { Play } from '../support/automation-service.js';
import {
  OTHER_KEY,
  type SimulatedAws,
  type SimulatedKey,
  simulatedAws,
  simulatedKey,
  simulatedTrail,
  TARGET_KEY,
  TRAIL_ARN,
} from '../support/aws-simulator/state.js';
import { runRemediation } from '../support/run-remediation.js';

const ID = '00000000-0000-4000-8000-000000000000';
const APPROVER = 'arn:aws:iam::111122223333:role/security';

/** A successful execution. */
const ENCRYPTS: Play = {
  steps: [
    ['Assess', 'Success'],
    ['Decide', 'Success'],
    ['UpdateTrail', 'Success'],
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

const withKey = (key: Partial<SimulatedKey>): SimulatedAws =>
  simulatedAws({
    trails: [simulatedTrail({ kmsKeyId: OTHER_KEY })],
    keys: [simulatedKey(), simulatedKey({ arn: OTHER_KEY, ...key })],
  });

describe('trailkey remediate', () => {
  it('evaluates, prints the plan, starts the document, prints its steps, and evaluates again', async () => {
    const { exitCode, stdout, stderr, started } = await runRemediation(
      { aws: simulatedAws(), plays: PLAYS },
      ['remediate', 'audit', '--yes'],
    );

    expect(stderr).toBe('');
    expect(stdout).toMatchInlineSnapshot(`
      "audit (eu-west-1): NON_COMPLIANT
        NO_KMS_KEY: Trail audit has no KMS key, so anyone who can read its bucket can read its logs. Set a
        customer managed key on the trail with Trailkey-EncryptTrail.

      Trailkey-EncryptTrail will set key alias/trailkey on trail audit (eu-west-1), and wait up to 8
      minutes for a log delivery. If a delivery and the next one fail with the new key, the document sets
      the former key again, unless that key is known not to work.

      Before you continue:
        - Anyone who reads the logs needs kms:Decrypt on the new key, in addition to access to the bucket.
        - If CloudFormation, Terraform or AWS Control Tower manages the trail, set the key there too.
        Otherwise, its next update removes the key.

      Started Trailkey-EncryptTrail in eu-west-1: execution 00000000-0000-4000-8000-000000000000.
        12:00:05Z  Assess            Success  5 s
        12:00:10Z  Decide            Success  5 s
        12:00:15Z  UpdateTrail       Success  5 s
        12:00:20Z  VerifyDelivery    Success  5 s
      The key of trail arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit was changed from none to arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab.
      Verified: CloudTrail has delivered logs with the key.
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

  it('prints the risks before it asks for confirmation, and starts nothing without it', async () => {
    const asked = { aws: simulatedAws(), plays: PLAYS, columns: 100 };

    const no = await runRemediation({ ...asked, stdin: '\n' }, ['remediate', 'audit']);
    const yes = await runRemediation({ ...asked, aws: simulatedAws(), stdin: 'y\n' }, ['remediate', 'audit']);

    expect(no.stdout).toContain('needs kms:Decrypt on the new key');
    expect(no.stdout).toContain('CloudFormation, Terraform or AWS Control Tower');
    expect(no).toMatchObject({ exitCode: 2, started: [] });
    expect(no.stderr).toContain('Continue? [y/N] Nothing was started.');
    expect(yes.exitCode).toBe(0);
  });

  it('refuses without a terminal and without --yes', async () => {
    const { exitCode, stderr, started } = await runRemediation({ aws: simulatedAws(), plays: PLAYS }, [
      'remediate',
      'audit',
    ]);

    expect({ exitCode, started }).toEqual({ exitCode: 2, started: [] });
    expect(stderr).toBe('trailkey: Confirmation requires a terminal; use --yes to skip it.\n');
  });

  it('runs the dry run of the document without confirmation', async () => {
    const dryRun: Play = {
      steps: [['Assess', 'Success']],
      status: 'Success',
      outputs: { 'Assess.Reason': 'Dry run: Mode Apply would change the key.' },
    };
    const { exitCode, stdout, started } = await runRemediation(
      { aws: simulatedAws(), plays: { 'Trailkey-EncryptTrail': dryRun } },
      ['remediate', 'audit', '--dry-run', '--key', TARGET_KEY, '--replace-existing', 'never'],
    );

    expect(exitCode).toBe(0);
    expect(stdout).toContain('Dry run: Mode Apply would change the key.');
    expect(stdout).not.toContain('Before you continue');
    expect(started[0]?.parameters).toMatchObject({
      Mode: ['DryRun'],
      KmsKeyId: [TARGET_KEY],
      ReplaceExistingKey: ['Never'],
    });
  });

  it('prints the message of the failed step, and what to do', async () => {
    const refused: Play = {
      steps: [
        ['Assess', 'Success'],
        ['UpdateTrail', 'Failed', 'InsufficientEncryptionPolicyException when calling UpdateTrail'],
      ],
      status: 'Failed',
    };
    const { exitCode, stderr, stdout } = await runRemediation(
      { aws: simulatedAws(), plays: { 'Trailkey-EncryptTrail': refused } },
      ['remediate', 'audit', '--yes'],
    );

    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      'The automation ended with status Failed.\n' +
        'Step UpdateTrail: InsufficientEncryptionPolicyException when calling UpdateTrail\n' +
        'In the key policy, allow cloudtrail.amazonaws.com to use the key for this trail. In the bucket policy, allow it to write with the key.\n',
    );
    expect(stdout.match(/audit \(eu-west-1\): NON_COMPLIANT/g)).toHaveLength(2);
  });

  it('prints how to deploy a missing document', async () => {
    const { exitCode, stderr } = await runRemediation({ aws: simulatedAws() }, [
      'remediate',
      'audit',
      '--yes',
    ]);

    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      'Not started: SSM document Trailkey-EncryptTrail does not exist in this account and Region. Deploy the Trailkey stack there ' +
        '(npx serverless deploy --region REGION): see docs/deploy-account.md.\n',
    );
  });

  it('names the missing permission', async () => {
    const { exitCode, stderr } = await runRemediation(
      {
        aws: simulatedAws(),
        plays: PLAYS,
        faults: ({ operation }) => (operation === 'StartAutomationExecution' ? 'denied' : undefined),
      },
      ['remediate', 'audit', '--yes'],
    );

    expect(exitCode).toBe(2);
    expect(stderr).toContain('ssm:StartAutomationExecution is denied in eu-west-1');
  });

  it('fails if the trail is still NON_COMPLIANT', async () => {
    const { exitCode } = await runRemediation(
      { aws: simulatedAws(), plays: { 'Trailkey-EncryptTrail': { ...ENCRYPTS, effect: () => {} } } },
      ['remediate', 'audit', '--yes'],
    );

    expect(exitCode).toBe(1);
  });

  it.each([
    [
      'KEY_NOT_FOUND',
      simulatedAws({ trails: [simulatedTrail({ kmsKeyId: OTHER_KEY })], keys: [simulatedKey()] }),
    ],
    ['KEY_NOT_CUSTOMER_MANAGED', withKey({ manager: 'AWS' })],
    ['KEY_WRONG_TYPE', withKey({ spec: 'RSA_2048', usage: 'SIGN_VERIFY' })],
    ['KEY_PENDING_IMPORT', withKey({ state: 'PendingImport' })],
    ['KEY_UNAVAILABLE', withKey({ state: 'Unavailable' })],
    ['KEY_DISABLED', withKey({ state: 'Disabled' })],
    ['KEY_PENDING_DELETION', withKey({ state: 'PendingDeletion' })],
  ])('sets another key on a trail with %s', async (code, aws) => {
    const { stdout, started, exitCode } = await runRemediation({ aws, plays: PLAYS }, [
      'remediate',
      'audit',
      '--yes',
    ]);

    expect(stdout).toContain(code);
    expect(started).toMatchObject([{ document: 'Trailkey-EncryptTrail' }]);
    expect(exitCode).toBe(0);
  });

  it('prints how to restore a key that stays pending deletion', async () => {
    const { stdout } = await runRemediation({ aws: withKey({ state: 'PendingDeletion' }), plays: PLAYS }, [
      'remediate',
      'audit',
      '--yes',
    ]);

    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      `trailkey remediate audit --restore-key --key ${OTHER_KEY} --approver APPROVER_ARN`,
    );
  });

  it.each([
    ['a key that works', {}, [], 0, 'No action is needed'],
    [
      'a key without permission to describe it',
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
  ])('starts nothing for %s, and prints what to do', async (...[, key, options, code, words]) => {
    const { exitCode, stdout, started } = await runRemediation({ aws: withKey(key), plays: PLAYS }, [
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
    const { exitCode, started } = await runRemediation({ aws: withKey({}), plays: PLAYS }, [
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

  it('prints when a key whose policy blocks CloudTrail is replaced', async () => {
    const { stdout, started } = await runRemediation(
      { aws: withKey({ admitsCloudTrail: false }), plays: PLAYS },
      ['remediate', 'audit', '--yes', '--param', 'checkKeyPolicy=true'],
    );

    expect(stdout).toContain('KEY_POLICY_BLOCKS_CLOUDTRAIL');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('add --replace-existing always');
    expect(started).toHaveLength(1);
  });

  it('restores a disabled key, and prints how to approve', async () => {
    const { exitCode, stdout, started } = await runRemediation(
      { aws: withKey({ state: 'Disabled' }), plays: PLAYS },
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

  it('restores a key that is no longer the key of the trail', async () => {
    const aws = simulatedAws({
      trails: [simulatedTrail({ kmsKeyId: TARGET_KEY })],
      keys: [simulatedKey(), simulatedKey({ arn: OTHER_KEY, state: 'PendingDeletion' })],
    });
    const { started } = await runRemediation({ aws, plays: PLAYS }, [
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

  it('restores no key that is neither disabled nor pending deletion', async () => {
    const { exitCode, stdout } = await runRemediation({ aws: simulatedAws(), plays: PLAYS }, [
      'remediate',
      'audit',
      '--yes',
      '--restore-key',
      '--approver',
      'ann',
    ]);

    expect(exitCode).toBe(2);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('the verdict is NO_KMS_KEY');
  });

  it('runs in the home Region of the trail, in whichever Region it is started', async () => {
    const arn = 'arn:aws:cloudtrail:us-east-1:111122223333:trail/other';
    const aws = simulatedAws({
      trails: [simulatedTrail(), simulatedTrail({ name: 'other', arn, homeRegion: 'us-east-1' })],
    });
    for (const named of ['other', arn]) {
      const { started } = await runRemediation({ aws, plays: PLAYS }, ['remediate', named, '--yes']);

      expect(started).toMatchObject([
        {
          region: 'us-east-1',
          parameters: {
            TrailName: [arn],
            AutomationAssumeRole: ['arn:aws:iam::111122223333:role/trailkey-remediation-us-east-1'],
          },
        },
      ]);
      for (const trail of aws.trails) trail.kmsKeyId = undefined;
    }
  });

  it('remediates an organization trail of another account by its ARN, as a delegated administrator can', async () => {
    const arn = 'arn:aws:cloudtrail:eu-west-1:999988887777:trail/organization';
    const aws = simulatedAws({
      trails: [simulatedTrail({ name: 'organization', arn, isOrganization: true, kmsKeyId: undefined })],
    });

    const { exitCode, stdout, started } = await runRemediation({ aws, plays: PLAYS }, [
      'remediate',
      arn,
      '--yes',
    ]);

    expect(stdout).toContain('organization (eu-west-1): NON_COMPLIANT');
    expect(started).toMatchObject([{ document: 'Trailkey-EncryptTrail', parameters: { TrailName: [arn] } }]);
    expect(exitCode).toBe(0);
  });

  it.each([
    ['other', 'Account 111122223333 has no trail "other". Its trails are audit.'],
    ['arn:aws:s3:::logs', 'TRAIL must be the name or ARN of a trail; received "arn:aws:s3:::logs".'],
    [
      'arn:aws:cloudtrail:eu-west-1:999988887777:trail/audit',
      'belongs to account 999988887777, and your credentials are for account 111122223333. Use credentials for',
    ],
    ['arn:aws:cloudtrail:eu-west-1:111122223333:trail/x-y', 'trail/x-y does not exist.'],
  ])('refuses %s and says why', async (named, words) => {
    const { exitCode, stderr } = await runRemediation({ aws: simulatedAws() }, ['remediate', named, '--yes']);

    expect(exitCode).toBe(2);
    expect(stderr).toContain(words);
  });

  it('asks for the ARN if several trails have the name, or takes the one of --region', async () => {
    const arn = 'arn:aws:cloudtrail:us-east-1:111122223333:trail/audit';
    const aws = simulatedAws({
      trails: [simulatedTrail(), simulatedTrail({ arn, homeRegion: 'us-east-1' })],
    });

    const { exitCode, stderr } = await runRemediation({ aws }, ['remediate', 'audit', '--yes']);

    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      `2 trails have the name "audit". Use the ARN of one of them, or --region: ${TRAIL_ARN}, ${arn}.`,
    );
    const inRegion = ['remediate', 'audit', '--region', 'us-east-1', '--dry-run'];
    const { started } = await runRemediation({ aws, plays: PLAYS }, inRegion);
    expect(started).toMatchObject([{ region: 'us-east-1', parameters: { TrailName: [arn] } }]);
  });

  it.each([
    [[], 'Specify the name or ARN of a trail, or --all'],
    [['audit', '--all'], 'Specify either --all or a trail; received --all and "audit".'],
    [['--all', '--restore-key', '--approver', 'ann'], '--restore-key requires one trail'],
    [['audit', '--restore-key'], '--restore-key requires --approver'],
    [['audit', '--approver', 'ann'], '--approver requires --restore-key.'],
    [
      ['audit', '--restore-key', '--approver', 'ann', '--dry-run'],
      '--dry-run cannot be used with --restore-key',
    ],
    [
      ['audit', '--restore-key', '--approver', 'ann', '--key', 'alias/x'],
      '--key must be the ARN of the key to restore',
    ],
    [
      ['audit', '--restore-key', ...Array.from({ length: 11 }, () => ['--approver', 'ann']).flat()],
      '--approver accepts up to 10 principals; received 11.',
    ],
    [
      ['audit', '--key', 'trailkey'],
      '--key must be a key ARN, key ID, alias name, or alias ARN; received "trailkey".',
    ],
    [
      ['audit', '--replace-existing', 'maybe'],
      '--replace-existing must be one of never, if-unusable, always; received "maybe".',
    ],
    [['audit', '--param', 'checkKeyPolicy=maybe'], 'checkKeyPolicy must be'],
  ])('refuses %j before it calls AWS', async (options, words) => {
    const { exitCode, stderr, calls } = await runRemediation({ aws: simulatedAws() }, [
      'remediate',
      ...options,
    ]);

    expect({ exitCode, calls }).toEqual({ exitCode: 2, calls: [] });
    expect(stderr).toContain(words);
  });

  it('says that nothing was started if AWS denies a call', async () => {
    const { exitCode, stderr } = await runRemediation(
      { aws: simulatedAws(), faults: ({ operation }) => (operation === 'ListTrails' ? 'denied' : undefined) },
      ['remediate', 'audit', '--yes'],
    );

    expect(exitCode).toBe(2);
    expect(stderr).toContain('trailkey: Nothing was started: cloudtrail:ListTrails is denied in eu-west-1.');
  });

  it('logs AWS requests with --debug, without secrets', async () => {
    const { stderr } = await runRemediation({ aws: simulatedAws(), plays: PLAYS }, [
      'remediate',
      'audit',
      '--yes',
      '--debug',
    ]);

    expect(stderr).toContain('ssm:StartAutomationExecution in eu-west-1');
    expect(stderr).not.toContain('secret-of-the-caller');
  });
});

/** Legal names of trails that are words with another meaning somewhere. */
const WORDS = [
  ...['all', 'none', 'null', 'undefined', 'true', 'false', 'help', 'constructor'],
  ...[
    'remediate',
    'back-out',
    'scan',
    'check',
    'report',
    'never',
    'always',
    'if-unusable',
    'keep',
    'stop',
    'start',
  ],
];

describe('trailkey remediate --all', () => {
  const names = ['one', 'two', 'three'];
  const many = (): SimulatedAws =>
    simulatedAws({
      trails: [
        simulatedTrail({ kmsKeyId: TARGET_KEY }),
        ...names.map((name) =>
          simulatedTrail({ name, arn: `arn:aws:cloudtrail:eu-west-1:111122223333:trail/${name}` }),
        ),
      ],
    });

  it('remediates every NON_COMPLIANT trail, one started per second, and prints a summary', async () => {
    let pauses = 0;
    const { exitCode, stdout, started, calls } = await runRemediation(
      {
        aws: many(),
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
      expect(stdout).toContain(`${name} (eu-west-1): Started Trailkey-EncryptTrail in eu-west-1`);
      expect(stdout).toContain(`${name} (eu-west-1): COMPLIANT`);
    }
    expect(stdout).toContain('3 of 3 trails were remediated.');
    // One call before and one after for the Region, however many trails it has.
    expect(calls.filter(({ operation }) => operation === 'DescribeTrails')).toHaveLength(2);
  });

  it('remediates what it can, and fails for the rest', async () => {
    const aws = many();
    for (const trail of aws.trails.slice(2)) trail.kmsKeyId = OTHER_KEY;
    for (const key of aws.keys) key.closed = key.arn === OTHER_KEY;
    const { exitCode, stdout, started } = await runRemediation(
      {
        aws,
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
    expect(stdout).toContain('1 of 3 trails were remediated.');
  });

  it.each(WORDS)('is not what a trail with the name %s means', async (name) => {
    const arn = `arn:aws:cloudtrail:eu-west-1:111122223333:trail/${name}`;
    const aws = simulatedAws({ trails: [simulatedTrail(), simulatedTrail({ name, arn })] });
    const { started } = await runRemediation({ aws, plays: PLAYS }, ['remediate', name, '--yes']);

    expect(started.map(({ parameters }) => parameters['TrailName'])).toEqual([[arn]]);
  });

  it.each(WORDS)('with --restore-key is refused although there is a trail with the name %s', async (name) => {
    const arn = `arn:aws:cloudtrail:eu-west-1:111122223333:trail/${name}`;
    const aws = simulatedAws({
      trails: [simulatedTrail({ kmsKeyId: OTHER_KEY }), simulatedTrail({ name, arn, kmsKeyId: TARGET_KEY })],
      keys: [simulatedKey({ state: 'Disabled' }), simulatedKey({ arn: OTHER_KEY, state: 'Disabled' })],
    });
    const restore = ['--restore-key', '--approver', 'ann', '--yes'];

    const one = await runRemediation({ aws, plays: PLAYS }, ['remediate', name, ...restore]);
    const all = await runRemediation({ aws, plays: PLAYS }, ['remediate', '--all', ...restore]);

    expect(one.started.map(({ parameters }) => parameters['TrailName'])).toEqual([[arn]]);
    expect(all).toMatchObject({ exitCode: 2, started: [] });
  });

  it('names trails of one name by their Regions', async () => {
    const aws = simulatedAws({
      trails: ['eu-west-1', 'us-east-1'].map((homeRegion) =>
        simulatedTrail({ homeRegion, arn: `arn:aws:cloudtrail:${homeRegion}:111122223333:trail/audit` }),
      ),
    });
    const { stdout } = await runRemediation({ aws, plays: PLAYS }, ['remediate', '--all', '--yes']);

    for (const region of ['eu-west-1', 'us-east-1'])
      expect(stdout).toContain(`audit (${region}): Started Trailkey-EncryptTrail in ${region}: execution `);
  });

  it('names the trails without a delivery in its summary', async () => {
    const { stdout } = await runRemediation(
      {
        aws: many(),
        plays: {
          'Trailkey-EncryptTrail': {
            ...ENCRYPTS,
            outputs: { ...ENCRYPTS.outputs, 'VerifyDelivery.State': 'NotSeenYet' },
          },
        },
      },
      ['remediate', '--all', '--yes'],
    );

    expect(stdout).toContain(
      '3 of 3 trails were remediated. A log delivery was not yet seen for: trail one (eu-west-1), trail two (eu-west-1), trail three (eu-west-1).',
    );
  });

  it('says that there is nothing to remediate', async () => {
    const aws = simulatedAws({ trails: [simulatedTrail({ kmsKeyId: TARGET_KEY })] });
    const { exitCode, stdout } = await runRemediation({ aws }, ['remediate', '--all']);

    expect(exitCode).toBe(0);
    expect(stdout).toBe('No trail in this account is NON_COMPLIANT. There is nothing to remediate.\n');
  });
});

describe('Ctrl-C', () => {
  it('leaves the automation running, and prints how to follow or cancel it', async () => {
    let interrupt: () => void = () => {};
    const { exitCode, stderr } = await runRemediation(
      {
        aws: simulatedAws(),
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
      'Running: Trailkey-EncryptTrail for trail audit (eu-west-1) continues without this command.\n' +
        `  To follow it: aws ssm get-automation-execution --automation-execution-id ${ID} --region eu-west-1\n` +
        `  To cancel it: aws ssm stop-automation-execution --automation-execution-id ${ID} --region eu-west-1\n`,
    );
  });

  it('at the confirmation starts nothing', async () => {
    let interrupt: () => void = () => {};
    // Reads after the question was printed; the answer comes too late.
    const stdin = async function* () {
      interrupt();
      yield Buffer.from('y\n');
    };
    const { exitCode, stderr, started } = await runRemediation(
      {
        aws: simulatedAws(),
        plays: PLAYS,
        columns: 80,
        stdin: stdin(),
        onInterrupt: (callback) => {
          interrupt = callback;
        },
      },
      ['remediate', 'audit'],
    );

    expect({ exitCode, started }).toEqual({ exitCode: 2, started: [] });
    expect(stderr).toContain('Continue? [y/N] Nothing was started.');
  });

  it('is not needed where the input ends at the confirmation', async () => {
    const { exitCode, started } = await runRemediation(
      { aws: simulatedAws(), plays: PLAYS, columns: 80, stdin: '' },
      ['remediate', 'audit'],
    );

    expect({ exitCode, started }).toEqual({ exitCode: 2, started: [] });
  });

  it('before anything is started says so', async () => {
    const { exitCode, stderr, started } = await runRemediation(
      { aws: simulatedAws(), plays: PLAYS, onInterrupt: (callback) => callback() },
      ['remediate', 'audit', '--yes'],
    );

    expect({ exitCode, started }).toEqual({ exitCode: 2, started: [] });
    expect(stderr).toBe('trailkey: Interrupted. Nothing was started.\n');
  });

  it('between two starts starts no more', async () => {
    let interrupt: () => void = () => {};
    const aws = simulatedAws({
      trails: ['one', 'two'].map((name) =>
        simulatedTrail({ name, arn: `arn:aws:cloudtrail:eu-west-1:111122223333:trail/${name}` }),
      ),
    });
    const { exitCode, started, stderr } = await runRemediation(
      {
        aws,
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
    expect(stderr).toBe(
      'Running: Trailkey-EncryptTrail for trail one (eu-west-1) continues without this command.\n' +
        `  To follow it: aws ssm get-automation-execution --automation-execution-id ${ID} --region eu-west-1\n` +
        `  To cancel it: aws ssm stop-automation-execution --automation-execution-id ${ID} --region eu-west-1\n` +
        'Not started: Trailkey-EncryptTrail for trail two (eu-west-1).\n',
    );
  });

  it('names what has finished, what runs and what was not started', async () => {
    let interrupt: () => void = () => {};
    const aws = simulatedAws({
      trails: ['one', 'two'].map((name) =>
        simulatedTrail({ name, arn: `arn:aws:cloudtrail:eu-west-1:111122223333:trail/${name}` }),
      ),
    });
    let reads = 0;
    const { exitCode, stderr, stdout } = await runRemediation(
      {
        aws,
        plays: { 'Trailkey-EncryptTrail': { ...ENCRYPTS, steps: [['Assess', 'Success']] } },
        onInterrupt: (callback) => {
          interrupt = callback;
        },
        faults: ({ operation, body }) => {
          if (operation === 'GetAutomationExecution' && body['AutomationExecutionId'] === ID) reads += 1;
          if (operation === 'GetAutomationExecution' && body['AutomationExecutionId'] !== ID)
            return { error: 'AutomationExecutionNotFoundException' };
          return undefined;
        },
        pause: () => {
          if (reads > 1) interrupt();
        },
      },
      ['remediate', '--all', '--yes'],
    );

    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      'Finished: Trailkey-EncryptTrail for trail one (eu-west-1), with status Success.',
    );
    expect(stderr).toContain('Running: Trailkey-EncryptTrail for trail two (eu-west-1) continues');
    expect(stdout).not.toContain('trails were remediated');
  });

  it('after the automation ended does not report it as not started', async () => {
    const callbacks: (() => void)[] = [];
    const aws = simulatedAws();
    const { exitCode, stderr } = await runRemediation(
      {
        aws,
        plays: {
          'Trailkey-EncryptTrail': {
            ...ENCRYPTS,
            effect: () => {
              for (const trail of aws.trails) trail.kmsKeyId = TARGET_KEY;
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
    expect(stderr).toBe('The automation ended, but the trail was not evaluated again: Interrupted.\n');
  });

  it('does not follow an automation that cannot be read, and prints how to', async () => {
    const { exitCode, stderr } = await runRemediation(
      {
        aws: simulatedAws(),
        plays: PLAYS,
        faults: ({ operation }) => (operation === 'GetAutomationExecution' ? 'denied' : undefined),
      },
      ['remediate', 'audit', '--yes'],
    );

    expect(exitCode).toBe(2);
    expect(stderr).toContain('ssm:GetAutomationExecution is denied');
    expect(stderr).toContain('trail audit (eu-west-1) continues without this command.');
  });
});

describe('on a terminal', () => {
  it('shows the running step within the width, and clears it again', async () => {
    const { stderr, stdout } = await runRemediation(
      { aws: simulatedAws(), plays: PLAYS, columns: 40, now: Date.UTC(2026, 0, 5, 12, 2) },
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
    runRemediation(
      { aws: simulatedAws(), plays: { 'Trailkey-EncryptTrail': { ...ENCRYPTS, effect: () => {}, ...play } } },
      ['remediate', 'audit', '--yes'],
    );

  it('that fails without a failed step is reported with its status', async () => {
    const { exitCode, stderr } = await ended({ steps: [['Assess', 'Success']], status: 'Cancelled' });

    expect(exitCode).toBe(1);
    expect(stderr).toBe('The automation ended with status Cancelled.\n');
  });

  it.each([
    [{ 'VerifyDelivery.State': 'Delivered' }, 'Verified: CloudTrail has delivered logs with the key.'],
    [
      { 'VerifyDelivery.State': 'FailedOnce', 'RollBack.State': 'Delivered' },
      'Verified: CloudTrail has delivered logs with the key.',
    ],
    [
      { 'VerifyDelivery.State': 'NotSeenYet' },
      'Not yet seen: CloudTrail has not delivered logs with the key',
    ],
    [{ 'Assess.Decision': 'Enable' }, 'The key was enabled.'],
    [
      { 'Assess.Decision': 'CancelDeletion' },
      'The deletion of the key was canceled, and the key was enabled.',
    ],
    [{ 'Assess.Decision': 'Rescue', 'KeyRescued.Message': 'No longer pending.' }, 'No longer pending.'],
    [
      { 'Assess.Decision': 'SetPreviousKey', 'Done.Message': 'The key is none.' },
      'The key is none.\nTrailkey-BackOut does not wait for a log delivery.',
    ],
    [{ 'ReEvaluate.Message': 'The evaluation of x was started.' }, 'The evaluation of x was started.'],
  ])('with the outputs %j says what was done, and claims no more', async (outputs, words) => {
    const { stdout } = await ended({ outputs });

    expect(stdout).toContain(words);
    expect(stdout.includes('Verified')).toBe(words.includes('Verified'));
    expect(stdout).not.toMatch(/Changing|Approve to/);
  });

  it('that did not verify the delivery prints no delivery state', async () => {
    const { stdout } = await ended({
      outputs: {
        'VerifyDelivery.State': 'No output available yet because the step is not successfully executed',
      },
    });

    expect(stdout).not.toContain('No output available');
  });
});

describe('a failure after the start', () => {
  it('does not stop following the automation at once', async () => {
    const { exitCode, stdout } = await runRemediation(
      {
        aws: simulatedAws(),
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

  it('stops following the automation if it persists, and prints how to continue', async () => {
    const { exitCode, stderr } = await runRemediation(
      {
        aws: simulatedAws(),
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
    expect(stderr).toContain('trail audit (eu-west-1) continues without this command.');
  });

  it('is reported if the trail cannot be evaluated again', async () => {
    const { exitCode, stderr, started } = await runRemediation(
      {
        aws: simulatedAws(),
        plays: PLAYS,
        faults: ({ operation }, earlier) =>
          operation === 'DescribeTrails' && earlier === 1 ? 'denied' : undefined,
      },
      ['remediate', 'audit', '--yes'],
    );

    expect(started).toHaveLength(1);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      'The automation ended, but the trail was not evaluated again: cloudtrail:DescribeTrails',
    );
    expect(stderr).not.toContain('Nothing was started');
  });
});

describe('trailkey back-out', () => {
  it('rolls back the change of a failed execution', async () => {
    const failed: Play = {
      ...ENCRYPTS,
      steps: [
        ['UpdateTrail', 'Success'],
        ['RollBack', 'Failed', 'not rolled back'],
      ],
      status: 'Failed',
    };
    const { exitCode, started } = await runRemediation(
      { aws: simulatedAws(), plays: { ...plays, 'Trailkey-EncryptTrail': failed } },
      ['remediate', 'audit', '--yes'],
      ['back-out', 'audit', '--yes'],
    );

    expect(exitCode).toBe(0);
    expect(started[1]?.parameters).toMatchObject({
      ExpectedKmsKeyId: [TARGET_KEY],
      PreviousKmsKeyId: ['none'],
    });
  });

  it('says that the last change was already rolled back', async () => {
    const { exitCode, stderr } = await runRemediation(
      { aws: simulatedAws(), plays },
      ['remediate', 'audit', '--yes'],
      ['back-out', 'audit', '--yes'],
      ['back-out', 'audit', '--yes'],
    );

    expect(exitCode).toBe(2);
    expect(stderr).toContain(`set key ${TARGET_KEY} on trail ${TRAIL_ARN}, but the current key is none`);
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

  it('rolls back the last change, with the keys from the outputs of its execution', async () => {
    const { exitCode, stdout, started } = await runRemediation(
      { aws: simulatedAws(), plays },
      ['remediate', 'audit', '--yes'],
      ['back-out', 'audit', '--yes', '--logging', 'stop'],
    );

    expect(exitCode).toBe(0);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      `Execution ${ID} changed the key of trail audit from none to ${TARGET_KEY}. The previous key comes from its outputs: ` +
        'document Trailkey-EncryptTrail, started 2026-01-05T12:00:00.000Z by arn:aws:iam::111122223333:user/ann.',
    );
    expect(stdout).toContain('the trail records no events');
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

  const FOREIGN_KEY = OTHER_KEY.replace('111122223333', '999988887777');
  const foreign = {
    ...plays,
    'Trailkey-EncryptTrail': {
      ...ENCRYPTS,
      outputs: { ...ENCRYPTS.outputs, 'Assess.PreviousKmsKeyId': FOREIGN_KEY },
    },
  };

  it('asks before it sets a key of another account from an execution, also with --yes', async () => {
    const remediate = ['remediate', 'audit', '--yes'];
    const refused = await runRemediation({ aws: simulatedAws(), plays: foreign }, remediate, [
      'back-out',
      'audit',
      '--yes',
    ]);
    const confirmed = await runRemediation(
      { aws: simulatedAws(), plays: foreign, columns: 100, stdin: 'y\n' },
      remediate,
      ['back-out', 'audit', '--yes'],
    );

    expect(refused).toMatchObject({ exitCode: 2, started: [{ document: 'Trailkey-EncryptTrail' }] });
    expect(refused.stderr).toContain('A previous key of another account requires confirmation in a terminal');
    expect(confirmed.stdout).toContain('The previous key is not known to belong to this account.');
    expect(confirmed.started[1]?.parameters).toMatchObject({ PreviousKmsKeyId: [FOREIGN_KEY] });
  });

  it('does not ask for a key of another account that the user names', async () => {
    const { started } = await runRemediation(
      { aws: simulatedAws({ trails: [simulatedTrail({ kmsKeyId: TARGET_KEY })] }), plays },
      ['back-out', 'audit', '--yes', '--expected-key', TARGET_KEY, '--previous-key', FOREIGN_KEY],
    );

    expect(started[0]?.parameters).toMatchObject({ PreviousKmsKeyId: [FOREIGN_KEY] });
  });

  it('does not read the keys from an execution of a document with a similar name', async () => {
    const { exitCode, stderr } = await runRemediation(
      { aws: simulatedAws(), plays, listedAs: 'Trailkey-EncryptTrail-Evil' },
      ['remediate', 'audit', '--yes'],
      ['back-out', 'audit', '--yes'],
    );

    expect(exitCode).toBe(2);
    expect(stderr).toContain('No execution of Trailkey-EncryptTrail that changed trail');
  });

  it('does not roll back an execution that did not change the trail', async () => {
    const unchanged = {
      ...plays,
      'Trailkey-EncryptTrail': {
        ...ENCRYPTS,
        outputs: { ...ENCRYPTS.outputs, 'UpdateTrail.Changed': 'No' },
      },
    };
    const { exitCode } = await runRemediation(
      { aws: simulatedAws(), plays: unchanged },
      ['remediate', 'audit', '--yes'],
      ['back-out', 'audit', '--yes'],
    );

    expect(exitCode).toBe(2);
  });

  it('asks for the keys if there is no execution', async () => {
    const { exitCode, stderr } = await runRemediation({ aws: simulatedAws(), plays }, [
      'back-out',
      'audit',
      '--yes',
    ]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      `No execution of Trailkey-EncryptTrail that changed trail ${TRAIL_ARN} was found.`,
    );
    expect(stderr).toContain('--expected-key');
  });

  it('uses the keys of the options', async () => {
    const { exitCode, started } = await runRemediation(
      { aws: simulatedAws({ trails: [simulatedTrail({ kmsKeyId: TARGET_KEY })] }), plays },
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

  it('starts nothing without confirmation', async () => {
    const { exitCode, started } = await runRemediation(
      { aws: simulatedAws(), plays, columns: 80, stdin: 'n\n' },
      ['back-out', 'audit', '--expected-key', 'none', '--previous-key', TARGET_KEY],
    );

    expect({ exitCode, started }).toEqual({ exitCode: 2, started: [] });
  });

  it('fails if the document refuses', async () => {
    const refused: Play = {
      steps: [['Blocked', 'Failed', 'Exception: somebody changed it since']],
      status: 'Failed',
    };
    const { exitCode, stderr } = await runRemediation(
      { aws: simulatedAws(), plays: { 'Trailkey-BackOut': refused } },
      ['back-out', 'audit', '--yes', '--expected-key', TARGET_KEY, '--previous-key', 'none'],
    );

    expect(exitCode).toBe(1);
    expect(stderr).toContain('Step Blocked: Exception: somebody changed it since');
  });

  it('prints how to deploy a missing document', async () => {
    const { exitCode, stderr } = await runRemediation({ aws: simulatedAws() }, [
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
    [['--logging', 'pause'], '--logging must be one of keep, stop, start; received "pause".'],
    [['--expected-key', TARGET_KEY], '--expected-key and --previous-key must be used together.'],
    [['--expected-key', TARGET_KEY, '--previous-key', 'alias/x'], '--previous-key must be a key ARN or none'],
  ])('refuses %j before it calls AWS', async (options, words) => {
    const { exitCode, stderr, calls } = await runRemediation({ aws: simulatedAws() }, [
      'back-out',
      'audit',
      ...options,
    ]);

    expect({ exitCode, calls }).toEqual({ exitCode: 2, calls: [] });
    expect(stderr).toContain(words);
  });
});

describe('the confirmation', () => {
  const terminalWith = (stdin: boolean, stderr: boolean) => {
    const written: string[] = [];
    const terminal = {
      stdin: Object.assign(Readable.from(['y\n']), { isTTY: stdin }),
      stderr: { isTTY: stderr, write: (text: string) => written.push(text) },
    };
    return { terminal: terminal as unknown as Terminal, written };
  };

  it.each([
    [true, false],
    [false, true],
    [false, false],
  ])('requires a terminal on both standard input (%s) and standard error (%s)', async (stdin, stderr) => {
    const { terminal, written } = terminalWith(stdin, stderr);

    await expect(confirm({ terminal, signal: new AbortController().signal })).rejects.toThrow(
      'Confirmation requires a terminal; use --yes to skip it.',
    );
    expect(written).toEqual([]);
  });

  it('is given with y', async () => {
    const { terminal } = terminalWith(true, true);

    expect(await confirm({ terminal, signal: new AbortController().signal })).toBe(true);
  });
});

it.each([
  [5, 0],
  [6, 2],
])('follows an automation after %i failed reads in a row: exit code %i', async (failures, code) => {
  let failed = 0;
  const { exitCode } = await runRemediation(
    {
      aws: simulatedAws(),
      plays: PLAYS,
      faults: ({ operation }) => {
        if (operation !== 'GetAutomationExecution' || failed >= failures) return undefined;
        failed += 1;
        return { error: 'InternalServerError', status: 400 };
      },
    },
    ['remediate', 'audit', '--yes'],
  );

  expect(exitCode).toBe(code);
});
