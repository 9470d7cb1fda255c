import { isJsonObject, parseJson } from '../../../src/core/json-value.js';
import { StepFailure } from './errors.js';
import type { Automation } from './run-document.js';

/** The name before the operation in a call's target, by the service as SSM names it. */
const TARGETS: Readonly<Record<string, string>> = {
  cloudtrail: 'CloudTrail_20131101',
  config: 'StarlingDoveService',
  kms: 'TrentService',
  ssm: 'AmazonSSM',
};

/** The services that can be called. */
export const SERVICES = Object.keys(TARGETS);

/** No service here takes long: a call that does hangs. */
const HANG_MS = 20_000;

/** A call of an API, as a step asks for it. */
export type ApiCall = {
  readonly service: string;
  readonly operation: string;
  readonly body: Readonly<Record<string, unknown>>;
};

/**
 * Calls an API over HTTP (JSON 1.1) in the automation's Region, once.
 *
 * @throws StepFailure for an answer that is an error or none, in the words that the SDK for Python has for it
 */
export const callAws = async (
  { service, operation, body }: ApiCall,
  { endpoint, region }: Pick<Automation, 'endpoint' | 'region'>,
): Promise<unknown> => {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `${TARGETS[service]}.${operation}`,
      ...signatureFor(service, region),
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(HANG_MS),
  }).catch((error: unknown) => {
    const hung = error instanceof Error && error.name === 'TimeoutError';
    throw new StepFailure(
      `${hung ? 'Read timeout on' : 'Connection was closed before we received a valid response from'} endpoint URL: "${endpoint}"`,
    );
  });
  const answer = parseJson(await response.text());
  if (!response.ok) throw new StepFailure(errorText(answer, operation));
  if (!isJsonObject(answer)) throw new StepFailure(`The answer to ${operation} could not be parsed.`);
  return answer;
};

/** In the form of Signature Version 4, so that the other end sees Region and service; nobody here verifies it. */
const signatureFor = (service: string, region: string): Readonly<Record<string, string>> => {
  const date = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
  return {
    'x-amz-date': date,
    authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=${'0'.repeat(64)}`,
  };
};

const errorText = (answer: unknown, operation: string): string => {
  const { __type, message, Message } = isJsonObject(answer) ? answer : {};
  const code = typeof __type === 'string' ? __type.split('#').at(-1) : 'Unknown';
  return `An error occurred (${code}) when calling the ${operation} operation: ${message ?? Message ?? 'Unknown'}`;
};
