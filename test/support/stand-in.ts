import { appendFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import process from 'node:process';
import { isQuery, queryCallIn, queryResult, queryXml } from './query-protocol.js';
import { startRawServer } from './raw-server.js';
import { isRest, restCallIn, restXml } from './rest-protocol.js';

/** A call that came in: service and operation as in its target, the Region that it is signed for and by which key, and its body. */
export type Call = {
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly body: Readonly<Record<string, any>>;
};

/** What is done in place of an answer. */
export type Fault =
  | 'throttle'
  | 'server-error'
  | 'reset'
  | 'hang'
  | 'denied'
  | 'malformed'
  | 'empty'
  | 'null'
  | 'no-content'
  | ErrorAnswer;

/** An error as AWS answers it. */
export type ErrorAnswer = { readonly error: string; readonly status?: number; readonly message?: string };

/** Answers by operation. */
export type Answers = Readonly<Record<string, (call: Call) => object | Promise<object>>>;

/** Decides on a fault by the call and how often that operation was called before. */
export type Faults = (call: Call, earlier: number) => Fault | undefined;

/** A service that answers as AWS does over HTTP (JSON 1.1, STS and S3 in XML), records what came, and fails where it is told to. */
export type StandIn = {
  readonly url: string;
  readonly calls: Call[];
  /** How many connections were opened to it. */
  readonly connections: () => number;
  readonly close: () => Promise<void>;
};

/** Starts a stand-in on a free port of this machine. */
export const startStandIn = async (
  answers: () => Answers,
  faults: Faults = () => undefined,
  options: { readonly tls?: boolean } = {},
): Promise<StandIn> => {
  const calls: Call[] = [];
  const listener: RequestListener = async (request, response) => {
    const call = await callIn(request);
    const earlier = calls.filter(({ operation }) => operation === call.operation).length;
    calls.push(call);
    recordFor(call);
    const fault = faults(call, earlier);
    const answer = answers()[call.operation];
    const body = fault ?? (await answer?.(call)) ?? { error: 'UnknownOperationException' };
    if (typeof body === 'string' || isErrorAnswer(body)) fail(body, request, response);
    else send(response, 200, isQuery(request) ? queryResult(call.operation, body) : body);
  };
  const { url, connections, close } = await startRawServer(listener, options);
  return { url: url.origin, calls, connections, close };
};

const isErrorAnswer = (body: object): body is ErrorAnswer => 'error' in body;

const callIn = async (request: IncomingMessage): Promise<Call> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const [, accessKeyId = '', region = '', signedFor = ''] =
    /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\//.exec(String(request.headers.authorization)) ?? [];
  if (isQuery(request)) return { service: signedFor, region, accessKeyId, ...queryCallIn(text) };
  if (isRest(request)) return { service: signedFor, region, accessKeyId, ...restCallIn(request, text) };
  // botocore writes more in front of CloudTrail's service and operation than other SDKs do.
  const [service = '', operation = ''] = String(request.headers['x-amz-target']).split('.').slice(-2);
  return { service, operation, region, accessKeyId, body: JSON.parse(text || '{}') };
};

/** The long suite holds every request against botocore's models. */
const recordFor = ({ service, operation, body }: Call): void => {
  const file = process.env['TRAILKEY_RECORD_REQUESTS'];
  if (file) appendFileSync(file, `${JSON.stringify({ service, operation, body })}\n`);
};

const fail = (fault: Fault, request: IncomingMessage, response: ServerResponse): void => {
  if (typeof fault !== 'string') send(response, fault.status ?? 400, errorBody(fault.error, fault.message));
  if (fault === 'throttle') send(response, 400, errorBody('ThrottlingException', 'Rate exceeded'));
  if (fault === 'server-error') send(response, 500, errorBody('InternalFailure', 'Something broke'));
  if (fault === 'denied') send(response, 400, errorBody('AccessDeniedException', 'User is not authorized'));
  if (fault === 'reset') request.socket.destroy();
  if (fault === 'malformed') response.writeHead(200, JSON_1_1).end('<html>not JSON</html>');
  if (fault === 'empty') send(response, 200, {});
  if (fault === 'null') response.writeHead(200, JSON_1_1).end('null');
  if (fault === 'no-content') response.writeHead(200, JSON_1_1).end();
  // What is left is to hang: no answer ever comes.
};

const errorBody = (__type: string, message = __type): object => ({ __type, message });

const JSON_1_1 = { 'content-type': 'application/x-amz-json-1.1' };

const send = (response: ServerResponse, status: number, body: object): void => {
  response.setHeader('x-amzn-requestid', REQUEST_ID);
  if (isQuery(response.req)) response.writeHead(status, { 'content-type': 'text/xml' }).end(queryXml(body));
  else if (isRest(response.req))
    response.writeHead(status, { 'content-type': 'application/xml' }).end(restXml(body));
  else response.writeHead(status, JSON_1_1).end(JSON.stringify(body));
};

const REQUEST_ID = 'request-of-the-stand-in';
