import { isJsonObject, type JsonObject, parseJson } from '../../../src/core/json-value.js';
import { TARGETS } from './schema.js';
import { type ActionName, type Automation, RefusedError, StepFailure } from './types.js';

/** A run of a step: its inputs have their values. */
export type ActionRun = {
  readonly step: string;
  readonly inputs: JsonObject;
  readonly timeoutSeconds: number;
  readonly automation: Automation;
  /** Shows the step as Waiting. */
  readonly wait: () => void;
};

/** The result of an action: an answer for the step's outputs, or the step to go to. */
type ActionResult = { readonly answer?: unknown; readonly goTo?: string };

const MAX_PAYLOAD_BYTES = 100 * 1024;
/** Between two polls; AWS does not say how long it waits. */
const PAUSE_SECONDS = 10;
/** No service of a test takes long: a call that does hangs. */
const HANG_MS = 20_000;

const approve = async ({ step, inputs, automation, wait }: ActionRun): Promise<ActionResult> => {
  const approvers = [inputs['Approvers']].flat().map(String);
  const required = Number(inputs['MinRequiredApprovals']);
  if (required > approvers.length)
    throw new StepFailure(
      `MinRequiredApprovals is ${required}, and there are ${approvers.length} Approvers.`,
    );
  if (!automation.approve)
    throw new RefusedError(`Step ${step} asks for an approval, and there is nobody to ask.`);
  wait();
  const answer = await automation.approve({ step, message: String(inputs['Message']), approvers, required });
  if (answer === 'Rejected') throw new StepFailure('The approval was rejected.');
  return {};
};

const branch = async ({ inputs }: ActionRun): Promise<ActionResult> => {
  const isMet = ({ Or, Variable, StringEquals }: any): boolean =>
    Or?.some(isMet) ?? Variable === StringEquals;
  const chosen: any = [inputs['Choices']].flat().find(isMet);
  return { goTo: chosen?.NextStep ?? inputs['Default'] };
};

const executeScript = async ({ step, inputs, automation }: ActionRun): Promise<ActionResult> => {
  const { Script, Handler, Runtime, InputPayload } = inputs;
  const result = await automation.runScript({
    step,
    text: String(Script),
    handler: String(Handler),
    runtime: String(Runtime),
    payload: isJsonObject(InputPayload) ? { ...InputPayload } : {},
  });
  if ('error' in result) throw new StepFailure(result.error);
  const size = Buffer.byteLength(JSON.stringify(result.payload ?? null));
  if (size > MAX_PAYLOAD_BYTES)
    throw new RefusedError(`Step ${step} returned ${size} bytes; SSM keeps ${MAX_PAYLOAD_BYTES}.`);
  return { answer: { Payload: result.payload } };
};

const executeAwsApi = async ({ inputs, automation }: ActionRun): Promise<ActionResult> => ({
  answer: await callAws(inputs, automation),
});

const assertProperty = async ({ inputs, automation }: ActionRun): Promise<ActionResult> => {
  const { value, isDesired } = await readProperty(inputs, automation);
  if (!isDesired)
    throw new StepFailure(
      `Property value from the API output is not in desired values. Property value: ${value}. Desired values: ${JSON.stringify(inputs['DesiredValues'])}.`,
    );
  return {};
};

const waitForProperty = async ({ inputs, automation, timeoutSeconds }: ActionRun): Promise<ActionResult> => {
  for (let waited = 0; ; waited += PAUSE_SECONDS) {
    const { value, isDesired } = await readProperty(inputs, automation);
    if (isDesired) return {};
    await automation.sleep(Math.min(PAUSE_SECONDS, timeoutSeconds - waited));
    if (waited + PAUSE_SECONDS >= timeoutSeconds)
      throw new StepFailure(
        `Step timed out after ${timeoutSeconds} seconds while the property was ${value}.`,
        'TimedOut',
      );
  }
};

/** What each action does. Each throws StepFailure where the step fails. */
export const ACTIONS: Readonly<Record<ActionName, (run: ActionRun) => Promise<ActionResult>>> = {
  'aws:approve': approve,
  'aws:assertAwsResourceProperty': assertProperty,
  'aws:branch': branch,
  'aws:executeAwsApi': executeAwsApi,
  'aws:executeScript': executeScript,
  'aws:waitForAwsResourceProperty': waitForProperty,
};

const readProperty = async (inputs: JsonObject, automation: Automation) => {
  const { PropertySelector, DesiredValues, ...call } = inputs;
  const value = select(await callAws(call, automation), String(PropertySelector));
  // How SSM compares a number or a truth value with a text is not documented.
  if (value !== null && typeof value !== 'string')
    throw new RefusedError(`${PropertySelector} is ${JSON.stringify(value)}; only texts are compared here.`);
  return { value, isDesired: [DesiredValues].flat().includes(value) };
};

/** The value that a selector such as `$.Trail.Name` leads to; null where there is none. */
export const select = (root: unknown, selector: string): unknown =>
  selector
    .split('.')
    .slice(1)
    .reduce<unknown>(
      (value, name) => (isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : null) ?? null,
      root,
    );

/** Sends one request of the JSON 1.1 protocol; its signature names Region and service and is not valid. */
export const postJson = (
  endpoint: string,
  {
    service = 'aws',
    target,
    region,
    body,
  }: {
    readonly service?: string;
    readonly target: string;
    readonly region: string;
    readonly body: object;
  },
): Promise<Response> =>
  fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': target,
      authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260105/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(HANG_MS),
  });

/** Calls an API once; an error has the words that the SDK for Python has for it. */
const callAws = async (
  { Service, Api, ...body }: JsonObject,
  { endpoint, region }: Automation,
): Promise<unknown> => {
  const target = `${new Map(Object.entries(TARGETS)).get(String(Service) as any)}.${Api}`;
  const response = await postJson(endpoint, { service: String(Service), target, region, body }).catch(() => {
    throw new StepFailure(
      `Connection was closed before we received a valid response from endpoint URL: "${endpoint}"`,
    );
  });
  const answer = parseJson(await response.text());
  if (!response.ok) throw new StepFailure(errorText(answer, Api));
  if (!isJsonObject(answer)) throw new StepFailure(`The answer to ${Api} could not be parsed.`);
  return answer;
};

const errorText = (answer: unknown, operation: unknown): string => {
  const { __type, message, Message } = isJsonObject(answer) ? answer : {};
  const code = typeof __type === 'string' ? __type.split('#').at(-1) : 'Unknown';
  return `An error occurred (${code}) when calling the ${operation} operation: ${message ?? Message ?? 'Unknown'}`;
};
