import type { ClientRequest, IncomingHttpHeaders, RequestOptions } from 'node:http';
import { ATTEMPT_MS, CONNECT_MS, MAX_CONNECTIONS } from './limits.js';

/** What is posted. */
export type Message = { readonly headers: Readonly<Record<string, string>>; readonly body: string };

/** What came back. */
export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
};

/** Posts messages, and keeps connections for those that follow. */
export type Poster = {
  /**
   * Posts a message once, and gives the whole answer.
   *
   * @throws TimeoutError, what the signal gives as its reason, or what Node.js says of the network
   */
  readonly post: (url: URL, message: Message, signal: AbortSignal) => Promise<Answer>;
  /** Loads what a protocol takes, so that the first message need not wait for it. */
  readonly prepare: (protocol: Protocol) => void;
};

type Protocol = 'http:' | 'https:';
type Send = (options: RequestOptions) => ClientRequest;

const KEPT = { keepAlive: true, maxSockets: MAX_CONNECTIONS };

/** TLS takes as long to load as all the rest, and an emulator of AWS has none. */
const LOAD: Readonly<Record<Protocol, () => Promise<Send>>> = {
  'http:': async () => {
    const { Agent, request } = await import('node:http');
    const agent = new Agent(KEPT);
    return (options) => request({ ...options, agent });
  },
  'https:': async () => {
    const { Agent, request } = await import('node:https');
    const agent = new Agent(KEPT);
    return (options) => request({ ...options, agent });
  },
};

/** Makes a poster, without any connection yet. */
export const poster = (): Poster => {
  const loaded = new Map<Protocol, Promise<Send>>();
  const sending = (protocol: Protocol): Promise<Send> => {
    const send = loaded.get(protocol) ?? LOAD[protocol]();
    loaded.set(protocol, send);
    return send;
  };
  return {
    prepare: sending,
    post: async (url, { headers, body }, signal) => {
      const send = await sending(protocolOf(url));
      signal.throwIfAborted();
      const { hostname, port, pathname: path } = url;
      const host = hostname.replace(/^\[|\]$/g, '');
      const request = send({ method: 'POST', host, port, path, headers });
      const answer = answerTo(request, signal);
      request.end(body);
      return answer;
    },
  };
};

const protocolOf = ({ protocol }: URL): Protocol => {
  if (protocol === 'http:' || protocol === 'https:') return protocol;
  throw Object.assign(new TypeError(`Invalid protocol ${protocol}`), { code: 'ERR_INVALID_URL' });
};

const answerTo = (request: ClientRequest, signal: AbortSignal): Promise<Answer> =>
  new Promise((resolve, reject) => {
    // A request that still waits for a connection does not tell that it was destroyed.
    const fail = (error: Error) => {
      request.destroy(error);
      reject(error);
    };
    const giveUpAfter = (milliseconds: number, missed: string): (() => void) => {
      const giveUp = () => fail(timeout(`no ${missed} within ${milliseconds} ms`));
      const timer = setTimeout(giveUp, milliseconds);
      return () => clearTimeout(timer);
    };
    const answered = giveUpAfter(ATTEMPT_MS, 'answer');
    const abort = () => fail(signal.reason);
    signal.addEventListener('abort', abort);
    request.once('close', () => {
      answered();
      signal.removeEventListener('abort', abort);
    });
    request.once('socket', (socket) => {
      if (!socket.connecting) return;
      const connected = giveUpAfter(CONNECT_MS, 'connection');
      socket.once('connect', connected).once('close', connected);
    });
    request.on('error', reject);
    request.once('upgrade', (_answer, socket) => {
      socket.destroy();
      reject(new Error('the answer is of another protocol'));
    });
    request.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        text += piece;
      });
      response.on('error', reject);
      const { statusCode: status = 0, headers } = response;
      response.once('end', () => resolve({ status, headers, text }));
    });
  });

const timeout = (message: string): Error => Object.assign(new Error(message), { name: 'TimeoutError' });
