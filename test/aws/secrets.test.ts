import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { redact, toServiceError } from '../../src/aws/errors.js';
import { account, metadata } from '../support/account.js';
import { simulatedAws } from '../support/aws-simulator/state.js';
import { ACCOUNT, KEY_ARN, trailItem } from '../support/builders.js';
import { deployed, runDoctor } from '../support/deployment.js';
import { folderOf } from '../support/files.js';
import { invoke } from '../support/invoke.js';
import { changeOf } from '../support/rule-event.js';
import { runRemediation } from '../support/run-remediation.js';
import { keyArnIn, runScan, trailIn, worldAnswers } from '../support/run-scan.js';
import type { ErrorAnswer, Faults } from '../support/stand-in.js';

const TOKEN = 'FwoGZXIvYXdzEXAMPLETOKEN';

/** The response of AWS to a wrong signature contains the canonical request. */
const MISMATCH: ErrorAnswer = {
  error: 'InvalidSignatureException',
  message:
    'The request signature we calculated does not match the signature you provided. The Canonical String for this request ' +
    `should have been\n'POST\n/\n\nhost:kms.eu-west-1.amazonaws.com\nx-amz-security-token:${TOKEN}\n'`,
};

const mismatchAt =
  (wanted: string): Faults =>
  ({ operation }) =>
    operation === wanted ? MISMATCH : undefined;

describe('a session token in an error of AWS', () => {
  it.each(['DescribeKey', 'GetKeyPolicy', 'PutEvaluations'])(
    'is in no part of an error of the rule: %s',
    async (operation) => {
      const event = changeOf(trailItem(), { ruleParameters: '{"checkKeyPolicy":"true"}' });

      const { error } = await invoke(event, { account: account(), faults: mismatchAt(operation) });

      expect(error?.message).toContain(`${operation} failed in eu-west-1: InvalidSignatureException`);
      expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain(TOKEN);
    },
  );

  it.each(['ListTrails', 'DescribeTrails', 'DescribeKey'])(
    'is not in the report of a scan: %s',
    async (operation) => {
      const answers = worldAnswers({
        [ACCOUNT]: account({
          trails: [trailIn({}, { KmsKeyId: keyArnIn() })],
          keys: { [keyArnIn()]: metadata({ Arn: keyArnIn() }) },
        }),
      });

      const result = await runScan(['--format', 'json'], { answers, faults: mismatchAt(operation) });

      expect(result.report.errors[0]?.message).toContain('InvalidSignatureException');
      expect(result.exitCode).toBe(2);
      expect(result.stdout + result.stderr).not.toContain(TOKEN);
    },
  );

  it.each(['DescribeConfigRules', 'DescribeTrails', 'ListSubscriptionsByTopic', 'DescribeDocument'])(
    'is not in the report of doctor: %s',
    async (operation) => {
      const { exitCode, stdout, stderr } = await runDoctor([], deployed(), { faults: mismatchAt(operation) });

      expect(stdout).toContain(`${operation} failed in eu-west-1: InvalidSignatureException`);
      expect(exitCode).toBe(2);
      expect(stdout + stderr).not.toContain(TOKEN);
    },
  );

  it('is not in the message about rejected credentials', async () => {
    for (const args of [[], ['--debug']]) {
      const { exitCode, stdout, stderr } = await runScan(args, { answers: {}, faults: () => MISMATCH });

      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toContain('AWS rejected the credentials');
      expect(stderr).not.toContain(TOKEN);
    }
  });

  it('is not in the message about a profile that assumes a role', async () => {
    const config = `
[profile role]
role_arn = arn:aws:iam::${ACCOUNT}:role/reader
source_profile = keys
region = eu-west-1
[profile keys]
aws_access_key_id = AKIA${ACCOUNT}
aws_secret_access_key = example
aws_session_token = ${TOKEN}
region = eu-west-1
`;
    const folder = await folderOf({ config });
    const env = {
      AWS_CONFIG_FILE: `${folder}/config`,
      AWS_PROFILE: 'role',
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
    };

    const { exitCode, stderr } = await runScan(['--debug'], { answers: {}, env, faults: () => MISMATCH });

    expect(exitCode).toBe(2);
    expect(stderr).toContain('trailkey: AWS rejected the credentials of profile role');
    expect(stderr).not.toContain(TOKEN);
  });

  it.each(['DescribeTrails', 'StartAutomationExecution'])(
    'is not in the output of remediate: %s',
    async (operation) => {
      const { exitCode, stdout, stderr } = await runRemediation(
        { aws: simulatedAws(), faults: mismatchAt(operation) },
        ['remediate', 'audit', '--yes'],
      );

      expect(exitCode).toBe(2);
      expect(stdout + stderr).toContain('InvalidSignatureException');
      expect(stdout + stderr).not.toContain(TOKEN);
    },
  );
});

describe('an error that contains a signed request', () => {
  it.each([
    ['SignatureDoesNotMatch', 'any message'],
    ['NewException', `X-Amz-Security-Token:${TOKEN}`],
    ['IncompleteSignature', `Authorization=AWS4-HMAC-SHA256 Credential=${TOKEN}/20260105`],
  ])('%s is reduced to its name', (name, message) => {
    const error = Object.assign(new Error(message), { name, $response: message });

    const shown = toServiceError(error, 'kms:DescribeKey', 'eu-west-1');

    expect(shown.message).toBe(`kms:DescribeKey failed in eu-west-1: ${name}`);
    expect(inspect(shown)).not.toContain(message);
  });

  it('is emptied if it has no name', () => {
    expect(redact(`credential=${TOKEN}`)).toMatchObject({ name: 'Error', message: '' });
    expect(redact(KEY_ARN)).toBe(KEY_ARN);
  });
});
