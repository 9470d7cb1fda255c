import { setMaxListeners } from 'node:events';
import type { RequestListener } from 'node:http';
import { expect, it } from 'vitest';
import { poster } from '../../src/aws/post.js';
import { startRawServer } from '../support/raw-server.js';

const MESSAGE = { headers: { 'x-a': 'b' }, body: '{}' };
const never = new AbortController().signal;
setMaxListeners(0, never);

/** Posts to a server that does so with each request. */
const postTo = async (listener: RequestListener, signal = never, times = 1) => {
  const server = await startRawServer(listener);
  const { post } = poster();
  const answers = await Promise.allSettled(
    Array.from({ length: times }, () => post(server.url, MESSAGE, signal)),
  );
  const connections = server.connections();
  await server.close();
  return { answers, connections };
};

it('gives status, headers and the whole text, whatever pieces it comes in', async () => {
  const { answers } = await postTo((_request, response) => {
    response.writeHead(418, { 'x-c': 'd' });
    // Amid a character that takes two bytes.
    response.write(Buffer.from([0x61, 0xc3]));
    setTimeout(() => response.end(Buffer.from([0xa4])), 20);
  });

  expect(answers).toMatchObject([{ value: { status: 418, headers: { 'x-c': 'd' }, text: 'aä' } }]);
});

it('sends the message as it is', async () => {
  let sent: unknown;
  await postTo((request, response) => {
    const { method, url, headers } = request;
    sent = { method, url, header: headers['x-a'] };
    response.end();
  });

  expect(sent).toEqual({ method: 'POST', url: '/', header: 'b' });
});

it('keeps a connection for the next message', async () => {
  const server = await startRawServer((_request, response) => response.end('{}'));
  const { post } = poster();

  for (let turn = 0; turn < 5; turn += 1) await post(server.url, MESSAGE, never);

  expect(server.connections()).toBe(1);
  await server.close();
});

it('opens at most fifty connections at once, and serves all', async () => {
  const { answers, connections } = await postTo(
    (_request, response) => setTimeout(() => response.end('{}'), 5),
    never,
    120,
  );

  expect(answers.filter(({ status }) => status === 'rejected')).toEqual([]);
  expect(connections).toBe(50);
});

it('says what broke: a connection cut before the answer, and amid it', async () => {
  const before = await postTo((request) => request.socket.destroy());
  const amid = await postTo((_request, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{');
    setTimeout(() => response.destroy(), 20);
  });

  expect(before.answers).toMatchObject([{ reason: { code: 'ECONNRESET' } }]);
  expect(amid.answers).toMatchObject([{ reason: { code: 'ECONNRESET' } }]);
});

it('gives up when it is told to: before, while it waits, and amid an answer', async () => {
  const soon = () => AbortSignal.timeout(50);
  const before = await postTo((_request, response) => response.end(), AbortSignal.abort(new Error('over')));
  const waiting = await postTo(() => {}, soon());
  const amid = await postTo((_request, response) => response.write('{'), soon());

  expect(before).toMatchObject({ answers: [{ reason: { message: 'over' } }], connections: 0 });
  expect(waiting.answers).toMatchObject([{ reason: { name: 'TimeoutError' } }]);
  expect(amid.answers).toMatchObject([{ status: 'rejected' }]);
});

it('gives up while it waits for one of the connections', async () => {
  const server = await startRawServer(() => {});
  const { post } = poster();
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const before = Array.from({ length: 50 }, () => post(server.url, MESSAGE, stop.signal));

  const waiting = post(server.url, MESSAGE, AbortSignal.timeout(50));

  await expect(waiting).rejects.toMatchObject({ name: 'TimeoutError' });
  stop.abort();
  await Promise.allSettled(before);
  await server.close();
});

it('takes no answer of another protocol', async () => {
  const { answers } = await postTo((request) => {
    request.socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
  });

  expect(answers).toMatchObject([{ reason: { message: 'the answer is of another protocol' } }]);
});

it('does not wait longer than five seconds for an answer', async () => {
  const { answers } = await postTo(() => {});

  expect(answers).toMatchObject([{ reason: { name: 'TimeoutError', message: 'no answer within 5000 ms' } }]);
}, 15_000);

it('knows no other protocols', async () => {
  await expect(poster().post(new URL('ftp://127.0.0.1'), MESSAGE, never)).rejects.toMatchObject({
    code: 'ERR_INVALID_URL',
  });
});

it('asks an endpoint by IPv6', async () => {
  const answer = poster().post(new URL('http://[::1]:1'), MESSAGE, never);

  await expect(answer).rejects.toMatchObject({ address: '::1' });
});
