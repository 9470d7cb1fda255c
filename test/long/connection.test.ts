import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { awsRulePorts, ruleClients } from '../../src/aws/rule-ports.js';
import { DEFAULT_PARAMETERS } from '../../src/core/rule-parameters.js';
import { ACCOUNT, KEY_ARN } from '../support/builders.js';

/** Listens with a backlog of 1. After SIGSTOP, the system accepts only a few connections for it. */
const LISTENER = `
  const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () =>
    process.stdout.write(String(server.address().port)));
`;

it('does not wait longer than two seconds for a connection', async () => {
  const child = spawn(process.execPath, ['-e', LISTENER]);
  const port = await new Promise<number>((resolve) =>
    child.stdout.once('data', (text) => resolve(Number(text))),
  );
  child.kill('SIGSTOP');
  const waiting = Array.from({ length: 8 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  await new Promise((resolve) => setTimeout(resolve, 200));

  process.env['AWS_ACCESS_KEY_ID'] = 'AKIAEXAMPLE';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'example';
  const clients = ruleClients('eu-west-1', { endpoint: `http://127.0.0.1:${port}` });
  const { keys } = awsRulePorts(clients, { budgetMs: 60_000, warn: () => {} });

  const key = keys({ ...DEFAULT_PARAMETERS, accountId: undefined }).getKey({
    kind: 'key',
    kmsKeyId: KEY_ARN,
    arn: KEY_ARN,
    region: 'eu-west-1',
    accountId: ACCOUNT,
  });

  await expect(key).rejects.toThrow(/TimeoutError: .*connection.*2000 ms/);
  for (const socket of waiting) socket.destroy();
  child.kill('SIGKILL');
}, 30_000);
