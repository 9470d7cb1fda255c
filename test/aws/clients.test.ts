import { type AddressInfo, createServer } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { rateLimiter } from '../../src/aws/clients.js';
import { awsRulePorts, ruleClients } from '../../src/aws/rule-ports.js';
import { DEFAULT_PARAMETERS } from '../../src/core/rule-parameters.js';
import { account, answersFor } from '../support/account.js';
import { ACCOUNT, KEY_ARN } from '../support/builders.js';
import { withEnvironment } from '../support/environment.js';
import { startRawServer } from '../support/raw-server.js';
import { type Faults, startStandIn } from '../support/stand-in.js';

describe('the rate limiter', () => {
  /** A clock that advances only in `pass`. */
  const virtualClock = () => {
    let time = 0;
    const waiting: { readonly until: number; readonly wake: () => void }[] = [];
    return {
      now: () => time,
      sleep: (milliseconds: number) =>
        new Promise<void>((wake) => {
          waiting.push({ until: time + milliseconds, wake });
        }),
      /** Lets time pass and wakes each waiting call at its time. */
      pass: async (milliseconds = Infinity) => {
        const end = time + milliseconds;
        for (;;) {
          await new Promise((resolve) => setImmediate(resolve));
          const [next] = waiting.toSorted((a, b) => a.until - b.until);
          if (next === undefined || next.until > end) break;
          waiting.splice(waiting.indexOf(next), 1);
          time = next.until;
          next.wake();
        }
        if (end < Infinity) time = end;
      },
    };
  };

  it("allows a second's requests at once, and the next ones a second later", async () => {
    const clock = virtualClock();
    const limit = rateLimiter(10, clock);
    const sentAt: number[] = [];

    const all = Promise.all(
      Array.from({ length: 21 }, () => limit('a').then(() => sentAt.push(clock.now()))),
    );
    await clock.pass();
    await all;

    expect(sentAt).toEqual([...Array(10).fill(0), ...Array(10).fill(1000), 2000]);
  });

  it('limits each key separately', async () => {
    const clock = virtualClock();
    const limit = rateLimiter(1, clock);

    await Promise.all([limit('a'), limit('b')]);

    expect(clock.now()).toBe(0);
  });

  it('never allows more requests in any second', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(700), { maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        async (gaps, perSecond) => {
          const clock = virtualClock();
          const limit = rateLimiter(perSecond, clock);
          const sentAt: number[] = [];

          const all: Promise<number>[] = [];
          for (const gap of gaps) {
            await clock.pass(gap);
            all.push(limit('a').then(() => sentAt.push(clock.now())));
          }
          await clock.pass();
          await Promise.all(all);

          const sorted = sentAt.toSorted((a, b) => a - b);
          expect(sorted).toHaveLength(gaps.length);
          for (const [index, time] of sorted.entries()) {
            expect((sorted[index + perSecond] ?? Infinity) - time).toBeGreaterThanOrEqual(1000);
          }
        },
      ),
    );
  });
});

describe('a client of the rule', () => {
  const KEY = {
    kind: 'key',
    kmsKeyId: KEY_ARN,
    arn: KEY_ARN,
    region: 'eu-west-1',
    accountId: ACCOUNT,
  } as const;
  const OPTIONS = { ...DEFAULT_PARAMETERS, accountId: undefined };
  const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example' };

  const getKeyAt = async (endpoint: string, { times = 1, budgetMs = 20_000, env = CREDENTIALS } = {}) => {
    const ports = awsRulePorts(ruleClients('eu-west-1', { endpoint }), { budgetMs, warn: () => {} });
    const keys = ports.keys(OPTIONS);
    return withEnvironment(env, () =>
      Promise.allSettled(Array.from({ length: times }, () => keys.getKey(KEY))),
    );
  };

  const getKey = async (faults: Faults, given: Parameters<typeof getKeyAt>[1] = {}) => {
    const standIn = await startStandIn(() => answersFor(account()), faults);
    const [result] = await getKeyAt(standIn.url, given);
    await standIn.close();
    return { result, attempts: standIn.calls.length, connections: standIn.connections() };
  };

  it('gives up on headers that never end', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.write('HTTP/1.1 200 OK\r\n');
      const drip = setInterval(() => socket.write('X-Drip: 1\r\n'), 100);
      socket.on('close', () => clearInterval(drip));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    let isDone = false;

    const results = getKeyAt(`http://127.0.0.1:${port}`, { budgetMs: 60_000 }).finally(() => {
      isDone = true;
    });
    await vi.waitFor(async () => {
      await vi.advanceTimersByTimeAsync(500);
      expect(isDone).toBe(true);
    }, 15_000);

    expect((await results)[0]?.status).toBe('rejected');
    server.close();
  }, 40_000);

  it('gives up on a response that never ends, and retries', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    let requests = 0;
    const server = await startRawServer((_request, response) => {
      requests += 1;
      response.writeHead(200).write(requests === 1 ? '{' : '{}');
      if (requests > 1) response.end();
    });

    const results = getKeyAt(server.url.href);
    await vi.waitFor(async () => {
      await vi.advanceTimersByTimeAsync(1000);
      expect(requests).toBe(2);
    }, 10_000);

    await vi.advanceTimersByTimeAsync(1000);
    expect((await results)[0]?.status).toBe('rejected');
    await server.close();
  });

  it("sends the session token and Trailkey's user agent", async () => {
    let headers: Readonly<Record<string, unknown>> = {};
    const server = await startRawServer((request, response) => {
      headers = request.headers;
      response.end('{}');
    });

    await getKeyAt(server.url.href, {
      env: { ...CREDENTIALS, AWS_SESSION_TOKEN: 'of-the-session' } as never,
    });
    await server.close();

    expect(headers['x-amz-security-token']).toBe('of-the-session');
    expect(headers['user-agent']).toMatch(/ trailkey\/\d+\.\d+\.\d+$/);
  });

  it('sends nothing without credentials', async () => {
    const { result, attempts } = await getKey(() => undefined, {
      env: { ...CREDENTIALS, AWS_ACCESS_KEY_ID: '' },
    });

    expect(result).toMatchObject({
      reason: {
        message: expect.stringContaining('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set together'),
      },
    });
    expect(attempts).toBe(0);
  });

  it.each(['KMSInternalException', 'DependencyTimeoutException', 'ThrottlingException'])(
    'makes three attempts in all on %s',
    async (error) => {
      const { result, attempts } = await getKey(() => ({ error }));

      expect(result).toMatchObject({ reason: { message: expect.stringContaining(error) } });
      expect(attempts).toBe(3);
    },
  );

  it('does not wait for the next attempt after its time is used up', async () => {
    const startedAt = Date.now();

    const { result } = await getKey(() => 'throttle', { budgetMs: 30 });

    expect(result).toMatchObject({
      reason: { message: expect.stringContaining('time of the invocation is almost used up') },
    });
    expect(Date.now() - startedAt).toBeLessThan(5000);
  });

  it('opens at most 50 connections at once and completes all requests', async () => {
    const server = await startRawServer((_request, response) => {
      setTimeout(() => response.end('{"KeyMetadata":{"KeyState":"Enabled"}}'), 5);
    });

    const results = await getKeyAt(server.url.href, { times: 120 });
    const connections = server.connections();
    await server.close();

    expect(results.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(connections).toBeLessThanOrEqual(50);
  });
});
