import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { account, answersFor, metadata, putIn, row } from './support/account.js';
import { type Artifact, runArtifact, unpackArtifact } from './support/artifact.js';
import { KEY_ARN, keyItem, trailItem } from './support/builders.js';
import { CERTIFICATE } from './support/raw-server.js';
import { changeOf, ruleEvent, scheduled } from './support/rule-event.js';
import { startStandIn } from './support/stand-in.js';

let artifact: Artifact;
beforeAll(() => {
  artifact = unpackArtifact();
});
afterAll(() => rmSync(artifact.folder, { recursive: true, force: true }));

const play = async (events: readonly unknown[], keyState = 'Disabled') => {
  const disabled = account({ keys: { [KEY_ARN]: metadata({ KeyState: keyState }) }, recorded: [row()] });
  const standIn = await startStandIn(() => answersFor(disabled));
  try {
    return {
      ...(await runArtifact(artifact, events, { AWS_ENDPOINT_URL: standIn.url })),
      calls: standIn.calls,
    };
  } finally {
    await standIn.close();
  }
};

it('is one small file', () => {
  expect(artifact.files).toEqual(['handlers/config-rule.cjs']);
  expect(artifact.bytes).toBeLessThan(505_000);
});

it('judges events over HTTP: a trail, a key, a schedule, in one process', async () => {
  const events = [changeOf(trailItem()), changeOf(keyItem()), scheduled()];

  const { errors, calls } = await play(events);

  expect(errors).toEqual([null, null, null]);
  expect(putIn(calls)).toEqual(['audit KEY_DISABLED', 'audit KEY_DISABLED', 'audit KEY_DISABLED']);
});

it('asks over TLS, as AWS is asked', async () => {
  const standIn = await startStandIn(() => answersFor(account()), undefined, { tls: true });

  const { errors } = await runArtifact(artifact, [changeOf(trailItem()), scheduled()], {
    AWS_ENDPOINT_URL: standIn.url,
    NODE_EXTRA_CA_CERTS: CERTIFICATE,
  });
  await standIn.close();

  expect(errors).toEqual([null, null]);
  expect(putIn(standIn.calls)).toEqual(['audit CMK_USABLE', 'audit CMK_USABLE']);
});

it('takes no answer of one whose certificate it does not trust', async () => {
  const standIn = await startStandIn(() => answersFor(account()), undefined, { tls: true });

  const { errors } = await runArtifact(artifact, [changeOf(trailItem())], { AWS_ENDPOINT_URL: standIn.url });
  await standIn.close();

  expect(errors[0]?.message).toContain(
    'certificate of the endpoint is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT',
  );
  expect(standIn.calls).toEqual([]);
});

it('logs one object for each invocation, and never the token, an event or a policy', async () => {
  const { log } = await play([changeOf(trailItem())]);

  expect(JSON.parse(log)).toEqual({
    rule: 'cloudtrail-cmk-usable',
    trigger: 'change',
    keyLookups: 1,
    calls: { 'kms:DescribeKey': 1, 'config:PutEvaluations': 1 },
    milliseconds: expect.any(Number),
    outcome: 'done',
    codes: { KEY_DISABLED: 1 },
    cleared: 0,
  });
  expect(log).not.toContain('token-of-this-event');
  expect(log).not.toContain('AKIAEXAMPLE');
});

it('throws what it cannot take, and goes on with the next event', async () => {
  const { errors, calls, log } = await play([
    {},
    ruleEvent({ messageType: 'Unheard' }),
    changeOf(trailItem(), { ruleParameters: '{"color":"red"}' }),
    changeOf(trailItem(), { evaluationMode: 'PROACTIVE' }),
    changeOf(trailItem({ kmsKeyId: 7 })),
    changeOf(trailItem()),
  ]);

  expect(errors.map((error) => error?.name)).toEqual([
    'RuleEventError',
    'RuleEventError',
    'RuleParametersError',
    'RuleEventError',
    'FormatError',
    undefined,
  ]);
  expect(putIn(calls)).toEqual(['audit KEY_DISABLED']);
  expect(log).toContain('"outcome":"failed","error":"FormatError"');
});
