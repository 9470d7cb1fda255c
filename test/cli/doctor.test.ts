import { describe, expect, it } from 'vitest';
import { CHECK_IDS, CHECK_TITLES } from '../../src/doctor/diagnose.js';
import { account, metadata } from '../support/account.js';
import { ACCOUNT, KEY_ARN, REGION } from '../support/builders.js';
import { ALIAS_ARN, deployed, recorderStatus, runDoctor } from '../support/deployment.js';
import { textAt } from '../support/project.js';
import { run } from '../support/run-check.js';

const stopped = { recorderStatuses: [recorderStatus({ recording: false })] };
const disabled = {
  account: account({ keys: { [KEY_ARN]: metadata({ KeyState: 'Disabled' }), [ALIAS_ARN]: metadata() } }),
};
const denied = (operation: string) => ({
  faults: (call: { readonly operation: string }) =>
    call.operation === operation ? ('denied' as const) : undefined,
});

describe('trailkey doctor', () => {
  it('ends with exit code 0 if all checks passed, and changes nothing', async () => {
    const { exitCode, stdout, stderr, calls } = await runDoctor([]);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/\nAll checks passed\.\n$/);
    for (const { operation } of calls) expect(operation).toMatch(/^(Describe|Get|List|Select)/);
  });

  it('prints what must be fixed first, then what was not checked, then what passed', async () => {
    const { exitCode, stdout } = await runDoctor([], deployed({ ...stopped, alarms: [] }), {
      ...denied('DescribeConformancePackStatus'),
      columns: 80,
    });

    expect(exitCode).toBe(1);
    expect(stdout).toMatchSnapshot();
  });

  it('prints the trails whose results are different', async () => {
    const { stdout } = await runDoctor([], deployed(disabled));

    expect(stdout).toContain('    different: audit is NON_COMPLIANT (KEY_DISABLED).');
  });

  it('prints the checks that depend on a missing rule together', async () => {
    const { exitCode, stdout } = await runDoctor([], deployed({ rules: [] }));

    expect(exitCode).toBe(1);
    expect(stdout).toContain('\nSKIPPED  11 checks\n  function                There is no rule.\n');
  });

  it('ends with exit code 1 for a warning', async () => {
    expect((await runDoctor([], deployed({ alarms: [] }))).exitCode).toBe(1);
  });

  it('ends with exit code 2 if nothing must be fixed, but a check was skipped', async () => {
    expect((await runDoctor([], deployed(), denied('DescribeAlarms'))).exitCode).toBe(2);
  });

  it('ends with exit code 1 if a check failed and another was skipped', async () => {
    expect((await runDoctor([], deployed(stopped), denied('DescribeAlarms'))).exitCode).toBe(1);
  });

  it('has the documented shape as JSON', async () => {
    const { exitCode, stdout } = await runDoctor(
      ['--format', 'json'],
      deployed(stopped),
      denied('DescribeAlarms'),
    );

    const report = JSON.parse(stdout);
    expect(exitCode).toBe(1);
    expect(report).toMatchObject({
      schemaVersion: '1.0',
      tool: { name: 'trailkey' },
      checkedAt: '2026-01-05T12:00:00.000Z',
      accountId: ACCOUNT,
      region: REGION,
      caller: `arn:aws:iam::${ACCOUNT}:user/ann`,
      rule: 'cloudtrail-cmk-usable',
      summary: { ok: 17, warning: 0, failed: 1, skipped: 1 },
    });
    expect(report.checks.map(({ id }: { id: string }) => id)).toEqual(CHECK_IDS);
    expect(report.checks.at(-3)).toEqual({
      id: 'alarm',
      title: 'The alarm exists and reports no errors',
      status: 'skipped',
      message: 'cloudwatch:DescribeAlarms is denied.',
      nextStep: 'Allow cloudwatch:DescribeAlarms for your role or user (docs/policies/doctor.json).',
      commands: [],
      details: [],
      missingPermission: 'cloudwatch:DescribeAlarms',
    });
    for (const name of [...Object.keys(report), ...Object.keys(report.checks[0])]) {
      expect(textAt('docs/doctor.md')).toContain(`\`${name}\``);
    }
  });

  it('checks the Region of --region, with the credentials of the environment', async () => {
    const { stdout, calls } = await runDoctor(['--format', 'json', '--region', 'us-east-1']);

    expect(JSON.parse(stdout).region).toBe('us-east-1');
    expect(
      new Set(calls.filter(({ operation }) => operation !== 'DescribeKey').map(({ region }) => region)),
    ).toEqual(new Set(['us-east-1']));
    expect(calls.find(({ operation }) => operation === 'ListSubscriptionsByTopic')?.body).toEqual({
      TopicArn: `arn:aws:sns:us-east-1:${ACCOUNT}:trailkey-notifications`,
    });
  });

  it('logs each request with --debug', async () => {
    const { stderr } = await runDoctor(['--debug']);

    expect(stderr).toContain('config:DescribeConfigRules in eu-west-1');
  });

  it.each([
    [['--format', 'xml'], '--format must be one of text, json; received "xml".'],
    [['--region', 'nowhere'], '--region must be a Region code'],
    [['--profile', 'none'], 'Nothing was checked: Profile none does not exist'],
  ])('rejects %j', async (args, message) => {
    const { exitCode, stdout, stderr, calls } = await runDoctor(args);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`trailkey: ${message}`);
    expect(calls).toEqual([]);
  });

  it('reports nothing if AWS rejects the credentials during the checks', async () => {
    const { exitCode, stdout, stderr } = await runDoctor([], deployed(), {
      faults: ({ operation }) =>
        operation === 'DescribeConfigRules' ? { error: 'ExpiredTokenException' } : undefined,
    });

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('Nothing was checked: The credentials in AWS_ACCESS_KEY_ID');
    expect(stderr).toContain('have expired');
  });

  it('reports nothing after Ctrl-C', async () => {
    let interrupt = () => {};
    const { exitCode, stdout, stderr } = await runDoctor([], deployed(), {
      onInterrupt: (callback) => {
        interrupt = callback;
      },
      faults: ({ operation }) => {
        if (operation !== 'DescribeConfigRules') return undefined;
        interrupt();
        return 'hang';
      },
    });

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toBe('trailkey: Interrupted. Nothing was reported.\n');
  });

  it('skips the checks of a service whose response cannot be read, and reports the others', async () => {
    const { exitCode, stdout } = await runDoctor(['--format', 'json'], deployed(), {
      faults: ({ service }) => (service === 'GraniteServiceVersion20100801' ? 'malformed' : undefined),
    });

    const report = JSON.parse(stdout);
    expect(exitCode).toBe(2);
    expect(report.summary).toEqual({ ok: 18, warning: 0, failed: 0, skipped: 1 });
    expect(report.checks.find(({ id }: { id: string }) => id === 'alarm')).toMatchObject({
      message: expect.stringContaining('cloudwatch:DescribeAlarms failed in eu-west-1'),
      missingPermission: null,
    });
  });

  it.each([
    ['DescribeConfigurationRecorders', 'recorded-types'],
    ['DescribeConfigurationRecorderStatus', 'recorder'],
    ['DescribeConfigRules', 'rule'],
    ['DescribeConformancePackStatus', 'conformance-pack'],
    ['DescribeConfigRuleEvaluationStatus', 'evaluation'],
    ['GetComplianceDetailsByConfigRule', 'results'],
    ['DescribeTrails', 'results'],
    ['DescribeRemediationConfigurations', 'remediation-parameters'],
    ['DescribeRemediationExecutionStatus', 'remediation-runs'],
    ['DescribeDocument', 'document'],
    ['GetDocument', 'approvers'],
    ['ListDocumentVersions', 'approvers'],
    ['DescribeAlarms', 'alarm'],
    ['DescribeLogGroups', 'log-group'],
  ])('does not take a response of %s without its content for an empty one', async (operation, id) => {
    const { exitCode, stdout } = await runDoctor(['--format', 'json'], deployed(), {
      faults: (call) => (call.operation === operation ? 'empty' : undefined),
    });

    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout).checks.find((check: { id: string }) => check.id === id)).toMatchObject({
      status: 'skipped',
      message: expect.stringContaining('the response does not contain'),
    });
  });
});

describe('docs/doctor.md', () => {
  const page = textAt('docs/doctor.md');

  it('has a section for each check, in the order of the report', () => {
    const sections = [...page.matchAll(/^### `([a-z-]+)`$/gm)].map(([, id]) => id);

    expect(sections).toEqual(CHECK_IDS);
  });

  it.each(CHECK_IDS)('has the title of %s', (id) => {
    expect(page).toContain(`\n### \`${id}\`\n\n**${CHECK_TITLES[id]}.**`);
  });

  it('shows the start of a report', async () => {
    const [, shown = ''] = /```text\n([\s\S]*?)```/.exec(page) ?? [];

    expect((await runDoctor([], deployed(disabled))).stdout.startsWith(shown)).toBe(true);
  });

  it('has the help of the command in its table of exit codes', async () => {
    const { stdout } = await run(['doctor', '--help']);

    for (const [, meaning = ''] of page.matchAll(/^\| [012] \| ([^|]+?) +\|$/gm)) {
      expect(stdout.replace(/\s+/g, ' ')).toContain(meaning);
    }
  });
});
