import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { poster } from '../../src/aws/post.js';

const MESSAGE = { headers: {}, body: '{}' };
const never = new AbortController().signal;

/** Listens, and stops for good as a process: the system takes a few connections in its name, and no more. */
const LISTENS = `
  const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () =>
    process.stdout.write(String(server.address().port)));
`;

it('does not wait longer than two seconds for a connection', async () => {
  const child = spawn(process.execPath, ['-e', LISTENS]);
  const port = await new Promise<number>((resolve) =>
    child.stdout.once('data', (text) => resolve(Number(text))),
  );
  child.kill('SIGSTOP');
  const waiting = Array.from({ length: 8 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  await new Promise((resolve) => setTimeout(resolve, 200));

  const answer = poster().post(new URL(`http://127.0.0.1:${port}`), MESSAGE, never);

  await expect(answer).rejects.toMatchObject({
    name: 'TimeoutError',
    message: 'no connection within 2000 ms',
  });
  for (const socket of waiting) socket.destroy();
  child.kill('SIGKILL');
}, 15_000);
