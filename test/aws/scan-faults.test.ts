import { describe, expect, it } from 'vitest';
import { account, metadata } from '../support/account.js';
import { ACCOUNT, OTHER_ACCOUNT } from '../support/builders.js';
import { withEnvironment } from '../support/environment.js';
import { startRawServer } from '../support/raw-server.js';
import { run } from '../support/run-check.js';
import {
  keyArnIn,
  runScan,
  trailArnIn,
  trailIn,
  verdictsOf,
  worldAnswers,
  worldOf,
} from '../support/run-scan.js';
import type { Faults } from '../support/stand-in.js';

const JSON_REPORT = ['--format', 'json'];
const KEY = keyArnIn();
const TWO_HOMES = {
  [ACCOUNT]: account({
    trails: [trailIn({}, { KmsKeyId: KEY }), trailIn({ region: 'me-south-1', name: 'far' })],
    keys: { [KEY]: metadata({ Arn: KEY }) },
  }),
};
const answers = worldAnswers(TWO_HOMES);
const withFaults = (faults: Faults) => ({ answers, faults });

describe('a Region', () => {
  it('that is not enabled is reported with its trails, and the others are evaluated', async () => {
    const result = await runScan(
      JSON_REPORT,
      withFaults(({ region }) =>
        region === 'me-south-1'
          ? { error: 'UnrecognizedClientException', message: 'invalid token' }
          : undefined,
      ),
    );

    expect(verdictsOf(result)).toEqual([`${ACCOUNT} eu-west-1 audit CMK_USABLE`]);
    expect(result.report.notEvaluated.map(({ trailArn }) => trailArn)).toEqual([
      trailArnIn({ region: 'me-south-1', name: 'far' }),
    ]);
    expect(result.report.errors).toEqual([
      {
        source: `${ACCOUNT} me-south-1`,
        message: expect.stringContaining(`is not enabled in account ${ACCOUNT}, or cannot be reached.`),
      },
    ]);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain('Enable it, or exclude the Region with --regions.');
  });

  it('that denies access is reported with its trails and the caller', async () => {
    const { report, exitCode } = await runScan(
      JSON_REPORT,
      withFaults(({ region }) => (region === 'me-south-1' ? 'denied' : undefined)),
    );

    expect(report.notEvaluated).toHaveLength(1);
    expect(report.errors[0]?.message).toBe(
      `cloudtrail:DescribeTrails is denied in me-south-1. Allow it for arn:aws:iam::${ACCOUNT}:user/ann, or exclude ` +
        'the Region with --regions.',
    );
    expect(exitCode).toBe(2);
  });

  it('of a key that is not enabled makes the key unverifiable', async () => {
    const key = keyArnIn({ region: 'me-south-1' });
    const result = await runScan(JSON_REPORT, {
      answers: worldAnswers({ [ACCOUNT]: account({ trails: [trailIn({}, { KmsKeyId: key })] }) }),
      faults: ({ region }) =>
        region === 'me-south-1' ? { error: 'UnrecognizedClientException' } : undefined,
    });

    expect(verdictsOf(result)).toEqual([`${ACCOUNT} eu-west-1 audit KEY_UNVERIFIABLE`]);
    expect(result.exitCode).toBe(1);
  });
});

describe('a call', () => {
  it('that is throttled is retried, which a terminal shows', async () => {
    const { stderr, exitCode } = await runScan([], {
      answers,
      columns: 100,
      faults: ({ operation }, earlier) =>
        operation === 'DescribeKey' && earlier < 2 ? 'throttle' : undefined,
    });

    expect(exitCode).toBe(1);
    expect(stderr).toContain(`Scanning: ${ACCOUNT} eu-west-1 DescribeKey, throttled 1 time`);
    expect(stderr).toContain(`Scanning: ${ACCOUNT} eu-west-1 DescribeKey, throttled 2 times`);
    expect(stderr.endsWith('\r\u001b[K')).toBe(true);
  });

  it("that is denied the list of trails still scans the caller's Region", async () => {
    const result = await runScan(JSON_REPORT, {
      answers,
      faults: ({ operation }) => (operation === 'ListTrails' ? 'denied' : undefined),
    });

    expect(verdictsOf(result)).toEqual([`${ACCOUNT} eu-west-1 audit CMK_USABLE`]);
    expect(result.report.errors[0]?.message).toMatch(
      /^cloudtrail:ListTrails is denied .* or call another Region by setting AWS_REGION\.$/,
    );
    expect(result.exitCode).toBe(2);
  });

  it('to KMS that is denied makes the key unverifiable, as in the rule', async () => {
    const result = await runScan(JSON_REPORT, {
      answers,
      faults: ({ operation }) => (operation === 'DescribeKey' ? 'denied' : undefined),
    });

    expect(verdictsOf(result)).toContain(`${ACCOUNT} eu-west-1 audit KEY_UNVERIFIABLE`);
    expect(result.report.findings[0]?.message).toBe(
      `Access to kms:DescribeKey was denied to arn:aws:iam::${ACCOUNT}:user/ann for key ${KEY}, so its state is unknown.`,
    );
    expect(result.exitCode).toBe(1);
  });

  it('to KMS that fails leaves the trail without a verdict, and the others are evaluated', async () => {
    const result = await runScan(JSON_REPORT, {
      answers,
      faults: ({ operation }) => (operation === 'DescribeKey' ? 'malformed' : undefined),
    });

    expect(verdictsOf(result)).toEqual([`${ACCOUNT} me-south-1 far NO_KMS_KEY`]);
    expect(result.report.notEvaluated.map(({ trailArn }) => trailArn)).toEqual([trailArnIn()]);
    expect(result.report.errors[0]?.message).toContain(
      `Trail audit was not evaluated: Key ${KEY} could not be looked up`,
    );
    expect(result.exitCode).toBe(2);
  });

  it('to KMS that fails for every trail is reported as the reason', async () => {
    const { stdout, stderr } = await runScan(['--format', 'markdown'], {
      answers: worldAnswers(worldOf(1)),
      faults: ({ operation }) => (operation === 'DescribeKey' ? 'malformed' : undefined),
    });

    expect(stderr).toContain('trailkey: No trail was evaluated because of errors.\n');
    expect(stdout).toContain('## No trail was evaluated because of errors\n');
    expect(stderr).not.toContain('from elsewhere');
  });

  it("that is denied the list of an organization's accounts reports what to do", async () => {
    const organization = [...JSON_REPORT, '--organization', '--role-name', 'reader'];
    const messageFor = async (error: string) => {
      const { report, exitCode } = await runScan(organization, {
        answers,
        faults: ({ operation }) => (operation === 'ListAccounts' ? { error } : undefined),
      });
      expect(exitCode).toBe(2);
      return report.errors[0]?.message;
    };

    expect(await messageFor('AccessDeniedException')).toContain(
      'organizations:ListAccounts is denied. Use credentials',
    );
    expect(await messageFor('AWSOrganizationsNotInUseException')).toContain(
      'is not a member of an organization',
    );
    expect(await messageFor('TargetNotConnected')).toContain(
      'organizations:ListAccounts failed in eu-west-1',
    );
  });

  it('with an incomplete response is reported as a fault', async () => {
    const failing = async (operation: string, args: readonly string[] = []) => {
      const { report } = await runScan([...JSON_REPORT, ...args], {
        answers: { ...answers, [operation]: () => ({}) },
      });
      return report.errors.map(({ message }) => message).join();
    };

    expect(await failing('GetCallerIdentity')).toContain(
      'sts:GetCallerIdentity failed in eu-west-1: the response does not contain Account',
    );
    expect(await failing('AssumeRole', ['--role-arn', `arn:aws:iam::${OTHER_ACCOUNT}:role/a`])).toContain(
      'sts:AssumeRole failed in eu-west-1: the response does not contain Credentials',
    );
    expect(await failing('DescribeTrails')).toContain(
      'cloudtrail:DescribeTrails failed in eu-west-1: the response does not contain trailList',
    );
  });
});

describe('--debug', () => {
  it('shows the operation, Region, time and request ID of each request, and no secret', async () => {
    const role = `arn:aws:iam::${OTHER_ACCOUNT}:role/reader`;
    const { stderr } = await runScan(['--debug', '--role-arn', role], {
      answers: worldAnswers({ [ACCOUNT]: account(), [OTHER_ACCOUNT]: TWO_HOMES[ACCOUNT] ?? account() }),
      columns: 100,
      faults: ({ operation }, earlier) =>
        operation === 'ListTrails' && earlier === 0 ? 'throttle' : undefined,
    });

    const lines = stderr.trim().split('\n');
    expect(lines[1]).toMatch(
      /^trailkey: 2026-01-05T12:00:00.000Z sts:AssumeRole in eu-west-1 for your account: OK after \d+ ms, request id request\S*$/,
    );
    expect(stderr).toMatch(
      new RegExp(
        `cloudtrail:ListTrails in eu-west-1 for ${OTHER_ACCOUNT}: ThrottlingException after \\d+ ms, request id request-of-the-stand-in`,
      ),
    );
    expect(stderr).not.toMatch(/secret-of|token-of|Scanning/);
  });

  it('shows no request ID for a request without a response', async () => {
    const { stderr } = await runScan(['--debug'], {
      answers,
      faults: ({ operation }, earlier) => (operation === 'ListTrails' && earlier === 0 ? 'reset' : undefined),
    });

    expect(stderr).toMatch(/cloudtrail:ListTrails in eu-west-1 .* request id none\n/);
  });
});

describe('Ctrl-C', () => {
  const pressedOnce = () => {
    let press = () => {};
    return {
      onInterrupt: (callback: () => void) => {
        press = callback;
      },
      press: () => press(),
    };
  };

  it('prints the report of the evaluated trails and one error, and exits with 2', async () => {
    const keyboard = pressedOnce();
    const result = await runScan([...JSON_REPORT, '--organization', '--role-name', 'reader'], {
      answers: worldAnswers(worldOf(30)),
      onInterrupt: keyboard.onInterrupt,
      faults: ({ operation }, earlier) => {
        if (operation !== 'DescribeKey' || earlier < 20) return undefined;
        setImmediate(keyboard.press);
        return 'hang';
      },
    });

    expect(result.exitCode).toBe(2);
    expect(result.report.errors).toEqual([
      { source: 'trailkey', message: expect.stringContaining('Interrupted') },
    ]);
    expect(result.report.findings.length).toBeGreaterThan(0);
    expect(result.report.findings.length).toBeLessThan(60);
    expect(result.report.notEvaluated.length).toBeGreaterThan(0);
  });

  it('prints one line, without the prefix twice and without advice about missing data', async () => {
    const keyboard = pressedOnce();
    const { stdout, stderr } = await runScan(['--format', 'markdown'], {
      answers,
      onInterrupt: keyboard.onInterrupt,
      faults: ({ operation }) => {
        if (operation !== 'DescribeKey') return undefined;
        setImmediate(keyboard.press);
        return 'hang';
      },
    });

    expect(stderr).toContain('trailkey: Interrupted: the rest was not evaluated. Run the command again.\n');
    expect(stderr).not.toContain('trailkey: trailkey');
    expect(stderr).toContain(
      `trailkey: Trail ${trailArnIn()} was not evaluated. The run was interrupted before. Run the command again.\n`,
    );
    expect(stdout + stderr).not.toMatch(/Add the data|snapshot/);
  });

  it('before the first response prints an empty report', async () => {
    const keyboard = pressedOnce();
    const { report, exitCode } = await runScan(JSON_REPORT, {
      answers,
      onInterrupt: keyboard.onInterrupt,
      faults: () => {
        setImmediate(keyboard.press);
        return 'hang';
      },
    });

    expect(exitCode).toBe(2);
    expect(report).toMatchObject({ findings: [], errors: [{ source: 'trailkey' }] });
  });

  it('while a role is assumed excludes its account', async () => {
    const keyboard = pressedOnce();
    const { report } = await runScan([...JSON_REPORT, '--role-arn', `arn:aws:iam::${OTHER_ACCOUNT}:role/a`], {
      answers,
      onInterrupt: keyboard.onInterrupt,
      faults: () => {
        setImmediate(keyboard.press);
        return 'hang';
      },
    });

    expect(report.errors).toHaveLength(1);
  });
});

it('shows the number of finished accounts, within the width of the terminal', async () => {
  const { stderr } = await runScan(['--organization', '--role-name', 'reader'], {
    answers: worldAnswers(worldOf(12)),
    columns: 60,
  });

  const lines = stderr.split('\r\u001b[K');
  expect(lines).toContainEqual(expect.stringMatching(/^Scanning: 0 of 12 accounts, \d{12} eu-west-1 /));
  expect(lines).toContainEqual(expect.stringMatching(/^Scanning: 12 of 12 accounts, /));
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(60);
});

it('shows progress with --quiet, and not without a terminal or on a dumb terminal', async () => {
  const { stdout, stderr } = await runScan(['--quiet'], { answers, columns: 80 });
  expect(stderr).toContain('Scanning: ');
  expect(stdout).toBe('');
  expect((await runScan([], { answers })).stderr).not.toContain('Scanning');
  expect((await runScan([], { answers, columns: 80, env: { TERM: 'dumb' } })).stderr).not.toContain(
    'Scanning',
  );
});

describe('a service that does not respond', () => {
  it('is given up after two attempts in each account, and named', async () => {
    const others = Array.from({ length: 9 }, (_, index) => String(500_000_000_000 + index));
    const roles = others.flatMap((id) => ['--role-arn', `arn:aws:iam::${id}:role/reader`]);
    let attempts = 0;

    const { report, exitCode } = await runScan([...JSON_REPORT, ...roles], {
      answers: worldAnswers(Object.fromEntries(others.map((id) => [id, account({ trails: [] })]))),
      faults: ({ service }) => {
        if (service !== 'CloudTrail_20131101') return undefined;
        attempts += 1;
        return 'hang';
      },
    });

    expect(exitCode).toBe(2);
    // Each account lists its trails and reads its Region at the same time, with one client.
    expect(attempts).toBe(others.length * 2);
    expect(new Set(report.errors.map(({ source }) => source.slice(0, 12)))).toEqual(new Set(others));
    expect(report.errors[0]?.message).toContain(
      'cloudtrail in eu-west-1 does not respond. Check the network',
    );
  }, 60_000);
});

it.each([301, 418, 503])('reports an error without a code by its operation and status %i', async (status) => {
  const server = await startRawServer((_request, response) => response.writeHead(status).end());

  const { stdout } = await withEnvironment(
    { AWS_ENDPOINT_URL: server.url.href, AWS_REGION: 'eu-west-1' },
    (env) => run(['scan', ...JSON_REPORT], { env }),
  );
  await server.close();

  expect(JSON.parse(stdout).errors[0].message).toContain(
    `sts:GetCallerIdentity failed in eu-west-1: the service returned HTTP status code ${status}`,
  );
});
