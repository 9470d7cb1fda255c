import { writeFileSync } from 'node:fs';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { builtDocuments } from '../automation/documents.js';
import { rule, source, TRIGGERS } from '../support/deployment.js';
import { withEnvironment } from '../support/environment.js';
import { folderOf } from '../support/files.js';
import { type Moto, startMoto } from '../support/moto.js';
import { run } from '../support/run-check.js';

const REGION = 'eu-west-1';
const ACCOUNT = '123456789012';

let moto: Moto;
beforeAll(async () => {
  moto = await startMoto(REGION);
});
afterAll(() => moto?.stop());

const statusesOfChecks = async (): Promise<Readonly<Record<string, string>>> => {
  const { stdout } = await withEnvironment({ ...moto.env }, (env) =>
    run(['doctor', '--format', 'json'], { env, now: Date.now }),
  );
  const { checks } = JSON.parse(stdout);
  return Object.fromEntries(checks.map(({ id, status }: { id: string; status: string }) => [id, status]));
};

const deploy = async () => {
  await deployRecorder(moto);
  await deployFunction(moto);
  await moto.aws('configservice', 'put-config-rule', '--config-rule', JSON.stringify(RULE_TO_PUT));
  await deployDocument(moto);
  await deployNotifications(moto);
};

/** It does not record keys. */
const deployRecorder = async ({ aws }: Moto) => {
  const place = ['--create-bucket-configuration', `LocationConstraint=${REGION}`];
  await aws('s3api', 'create-bucket', '--bucket', 'logs', ...place);
  await aws(
    ...['configservice', 'put-configuration-recorder', '--configuration-recorder'],
    `name=default,roleARN=arn:aws:iam::${ACCOUNT}:role/config`,
    ...['--recording-group', 'allSupported=false,resourceTypes=AWS::CloudTrail::Trail'],
  );
  await aws(
    ...['configservice', 'put-delivery-channel', '--delivery-channel', 'name=default,s3BucketName=logs'],
  );
  await aws('configservice', 'start-configuration-recorder', '--configuration-recorder-name', 'default');
};

const TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

/** moto accepts a rule only if its function exists. */
const deployFunction = async ({ aws }: Moto) => {
  const zip = `${await folderOf({})}/function.zip`;
  writeFileSync(zip, zipSync({ 'index.js': new Uint8Array() }));
  const query = ['--query', 'Role.Arn'];
  const trust = JSON.stringify(TRUST);
  const role = await aws(
    ...['iam', 'create-role', '--role-name', 'function', '--assume-role-policy-document', trust, ...query],
  );
  await aws(
    ...['lambda', 'create-function', '--function-name', 'trailkey-config-rule', '--runtime', 'nodejs22.x'],
    ...['--role', role, '--handler', 'index.handler', '--zip-file', `fileb://${zip}`],
  );
};

const RULE_TO_PUT = {
  ...rule({ ConfigRuleState: undefined, InputParameters: '{"checkKeyPolicy":"maybe"}' }),
  Source: source({
    SourceIdentifier: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:trailkey-config-rule`,
    SourceDetails: [TRIGGERS.change, TRIGGERS.oversized, TRIGGERS.schedule],
  }),
};

/** It restricts the approvers. */
const deployDocument = ({ aws }: Moto) =>
  aws(
    ...['ssm', 'create-document', '--name', 'Trailkey-RestoreKey', '--document-type', 'Automation'],
    ...['--document-format', 'JSON', '--content'],
    JSON.stringify(builtDocuments([`arn:aws:iam::${ACCOUNT}:role/security`])['Trailkey-RestoreKey']),
  );

/** An alarm without actions, and a log group without a retention. */
const deployNotifications = async ({ aws }: Moto) => {
  await aws(
    ...['cloudwatch', 'put-metric-alarm', '--alarm-name', 'trailkey-config-rule-errors'],
    ...['--namespace', 'AWS/Lambda', '--metric-name', 'Errors', '--statistic', 'Sum', '--period', '3600'],
    ...['--evaluation-periods', '1', '--threshold', '1'],
    ...['--comparison-operator', 'GreaterThanOrEqualToThreshold'],
  );
  const topic = await aws('sns', 'create-topic', '--name', 'trailkey-notifications', '--query', 'TopicArn');
  await aws(
    ...['sns', 'subscribe', '--topic-arn', topic, '--protocol', 'email'],
    ...['--notification-endpoint', 'ann@example.com'],
  );
  await aws('logs', 'create-log-group', '--log-group-name', '/aws/lambda/trailkey-config-rule');
};

/** Operations that moto does not have: their checks are skipped, and what they would find is tested with the stand-in. */
const UNSUPPORTED = ['conformance-pack', 'evaluation', 'results', 'document', 'approvers'];

it('finds the states of a deployment that moto supports', async () => {
  await deploy();

  const statuses = await statusesOfChecks();

  expect(statuses).toMatchObject({
    recorder: 'ok',
    'recorded-types': 'warning',
    'recording-frequency': 'ok',
    rule: 'ok',
    function: 'ok',
    scope: 'ok',
    triggers: 'ok',
    parameters: 'failed',
    alarm: 'ok',
    subscriptions: 'ok',
    'log-group': 'warning',
  });
  for (const id of UNSUPPORTED) expect(statuses[id], id).toBe('skipped');
});
