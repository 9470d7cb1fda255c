import { setMaxListeners } from 'node:events';
import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { clientsFor } from '../../src/aws/clients.js';
import { startRawServer } from '../support/raw-server.js';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example' };
const never = new AbortController().signal;
setMaxListeners(0, never);

/** Puts no results to a server that does so, and gives what came of it. */
const put = async (
  listener: RequestListener,
  {
    env = CREDENTIALS,
    signal = never,
  }: { env?: Readonly<Record<string, string>>; signal?: AbortSignal } = {},
) => {
  const server = await startRawServer(listener);
  const clients = clientsFor('eu-west-1', { ...env, AWS_ENDPOINT_URL: server.url.href });
  try {
    return await clients.config.putEvaluations({ Evaluations: [], ResultToken: 'token' }, signal);
  } finally {
    await server.close();
  }
};

const answering =
  (status: number, text: string, headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(status, headers).end(text);

describe('a request', () => {
  /** The headers of a request, and its body. */
  const sentWith = async (env: Readonly<Record<string, string>>) => {
    const sent: { headers?: any; body?: string } = {};
    await put(
      async (request, response) => {
        sent.headers = request.headers;
        sent.body = (await request.setEncoding('utf8').toArray()).join('');
        response.end('{}');
      },
      { env },
    );
    return sent;
  };

  it('is what the JSON protocol has, signed for its service and Region', async () => {
    const { headers, body } = await sentWith(CREDENTIALS);

    expect(headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'StarlingDoveService.PutEvaluations',
      'x-amz-date': expect.stringMatching(/^\d{8}T\d{6}Z$/),
      'user-agent': expect.stringMatching(/^trailkey\/\d+\.\d+\.\d+$/),
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/\d{8}\/eu-west-1\/config\/aws4_request, SignedHeaders=[a-z0-9;-]+, Signature=[0-9a-f]{64}$/,
      ),
    });
    expect(headers).not.toHaveProperty('x-amz-security-token');
    expect(JSON.parse(body ?? '')).toEqual({ Evaluations: [], ResultToken: 'token' });
  });

  it('bears the token of a session', async () => {
    const { headers } = await sentWith({ ...CREDENTIALS, AWS_SESSION_TOKEN: 'of the session' });

    expect(headers['x-amz-security-token']).toBe('of the session');
    expect(headers.authorization).toContain('x-amz-security-token');
  });

  it('is not made without credentials', async () => {
    const made = put(answering(200, '{}'), { env: { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE' } });

    await expect(made).rejects.toMatchObject({
      name: 'CredentialsProviderError',
      message: 'no credentials are in the environment',
    });
  });
});

describe('an answer', () => {
  it('may be empty', async () => {
    expect(await put(answering(200, ''))).toEqual({});
  });

  it('may leave fields out by null, and have any status of success', async () => {
    expect(await put(answering(201, '{"FailedEvaluations":null,"a":{"b":null}}'))).toEqual({
      a: { b: null },
    });
  });

  it.each(['<html>', '7', 'null', '[]'])('that is no object is a fault: %s', async (text) => {
    await expect(put(answering(200, text))).rejects.toThrow(SyntaxError);
  });

  it.each([
    ['its type', '{"__type":"NoSuchConfigRuleException","message":"gone"}', {}],
    [
      'a type with its namespace',
      '{"__type":"com.amazonaws.x#NoSuchConfigRuleException","Message":"gone"}',
      {},
    ],
    ['a header', '{"message":"gone"}', { 'x-amzn-errortype': 'NoSuchConfigRuleException:http://x' }],
  ])('is an error by the name in %s', async (_where, text, headers) => {
    await expect(put(answering(400, text, headers))).rejects.toMatchObject({
      name: 'NoSuchConfigRuleException',
      message: 'gone',
    });
  });

  it('that tells nothing is an error by its status', async () => {
    await expect(put(answering(403, '<html>Forbidden</html>'))).rejects.toMatchObject({
      name: 'UnknownError',
      message: 'HTTP status 403',
    });
  });
});

describe('an attempt', () => {
  afterEach(() => void vi.restoreAllMocks());

  /** Fails so for so many attempts, and counts them. */
  const failing = (status: number, text: string, times = Infinity) => {
    const made = { attempts: 0 };
    const listener: RequestListener = (request, response) => {
      made.attempts += 1;
      answering(...(made.attempts > times ? ([200, '{}'] as const) : ([status, text] as const)))(
        request,
        response,
      );
    };
    return { made, listener };
  };

  it.each([
    [500, '{"__type":"InternalFailure"}'],
    [503, 'Service Unavailable'],
    [429, '{"message":7}'],
    [503, '{"__type":null,"message":{"x":1}}'],
    [400, '{"__type":"ThrottlingException"}'],
  ])('that fails with %s is made again, three in all', async (status, text) => {
    // Pauses are of random length.
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const twice = failing(status, text, 2);
    const always = failing(status, text);

    await put(twice.listener);
    const given = put(always.listener);

    await expect(given).rejects.toThrow();
    expect([twice.made.attempts, always.made.attempts]).toEqual([3, 3]);
  });

  it('is made again for one service, however often another has failed', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const attempts = { kms: 0, config: 0 };
    const server = await startRawServer((request, response) => {
      attempts[String(request.headers['x-amz-target']).startsWith('Trent') ? 'kms' : 'config'] += 1;
      answering(503, '')(request, response);
    });
    const { kms, config } = clientsFor('eu-west-1', { ...CREDENTIALS, AWS_ENDPOINT_URL: server.url.href });
    const ask = () =>
      kms('us-east-1')
        .describeKey({ KeyId: 'a' }, never)
        .catch(() => undefined);

    for (let time = 0; time < 40; time += 1) await ask();
    await config.selectResourceConfig({ Expression: 'a' }, never).catch(() => undefined);
    await server.close();

    expect(attempts.kms).toBeLessThan(40 * 3);
    expect(attempts.config).toBe(3);
  });

  it('that is refused is not made again', async () => {
    const { made, listener } = failing(400, '{"__type":"AccessDeniedException"}');

    await expect(put(listener)).rejects.toMatchObject({ name: 'AccessDeniedException' });

    expect(made.attempts).toBe(1);
  });

  it('is not made again where time is up while it waits', async () => {
    // Pauses are of random length.
    const paused = vi.spyOn(Math, 'random');

    await expect(put(() => {}, { signal: AbortSignal.timeout(50) })).rejects.toThrow();

    expect(paused).not.toHaveBeenCalled();
  });

  it('is not made again once time is up, nor is the pause waited for', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.9);
    const { made, listener } = failing(400, '{"__type":"ThrottlingException"}');
    const startedAt = Date.now();

    const given = put(listener, { signal: AbortSignal.timeout(100) });

    await expect(given).rejects.toMatchObject({ name: 'ThrottlingException' });
    // The pause would be of nine tenths of a second.
    expect(Date.now() - startedAt).toBeLessThan(800);
    expect(made.attempts).toBe(1);
  });
});
