import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { JsonObject } from '../../../src/core/json-value.js';
import { type ActionName, type Document, type Parameter, RefusedError } from './types.js';

/** The services that steps call, by the name before the operation in a call's target. */
export const TARGETS = {
  cloudtrail: 'CloudTrail_20131101',
  config: 'StarlingDoveService',
} as const;

const MAX_CHARS = 512;
const MAX_ENTRIES = 50;
const DAY_SECONDS = 86_400;

const text = { type: 'string', minLength: 1 };
/** A text that SSM shows as it is: without a reference. */
const fixed = { type: 'string', pattern: String.raw`^(?![\s\S]*\{\{)[\s\S]+$` };
const count = { type: 'integer', minimum: 1 };
const like = (pattern: string) => ({ type: 'string', pattern });
const listOf = (items: object, limits: object = {}) => ({ type: 'array', items, ...limits });
const objectOf = (required: JsonObject, optional: JsonObject = {}) => ({
  type: 'object',
  required: Object.keys(required),
  properties: { ...required, ...optional },
  additionalProperties: false,
});

const ROLE_ARN = String.raw`^arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+$`;

/** The type of a value of each type of parameter; the limits of a text are those of AutomationParameterValue in the API. */
const value = { ...fixed, minLength: 1, maxLength: MAX_CHARS };
const VALUES = {
  String: value,
  'AWS::IAM::Role::Arn': { allOf: [value, like(ROLE_ARN)] },
  StringList: listOf(value, { maxItems: MAX_ENTRIES }),
  Integer: { type: 'integer' },
} as const satisfies Record<Parameter['type'], object>;

const parameter = (type: Parameter['type'], limits: JsonObject) =>
  objectOf(
    { type: { const: type } },
    {
      description: text,
      default: VALUES[type],
      allowedValues: listOf(VALUES[type], { minItems: 1 }),
      ...limits,
    },
  );

const api = {
  Service: { enum: Object.keys(TARGETS) },
  Api: like('^[A-Z][A-Za-z0-9]+$'),
};
const property = {
  ...api,
  PropertySelector: like(String.raw`^\$(\.\w+)+$`),
  DesiredValues: listOf(text, { minItems: 1 }),
};
const condition = { Variable: text, StringEquals: fixed };

type Action = {
  readonly inputs: object;
  /** What such a step takes beside its name, action and inputs. */
  readonly required?: JsonObject;
  readonly optional?: JsonObject;
};

const orders = {
  nextStep: text,
  isEnd: { const: true },
  onFailure: like(String.raw`^(Abort|Continue|step:\w+)$`),
};

const ACTIONS: Readonly<Record<ActionName, Action>> = {
  'aws:approve': {
    inputs: objectOf({
      Message: { ...text, maxLength: 4096 },
      Approvers: listOf(text, { minItems: 1, maxItems: 10 }),
      // A parameter of type String is given as a text.
      MinRequiredApprovals: { anyOf: [count, like(String.raw`^([1-9]|10|\{\{ \w+ \}\})$`)] },
    }),
    required: { timeoutSeconds: { ...count, maximum: 30 * DAY_SECONDS } },
    optional: { nextStep: text },
  },
  'aws:assertAwsResourceProperty': {
    inputs: { ...objectOf(property), additionalProperties: true },
    optional: { timeoutSeconds: count, ...orders },
  },
  'aws:branch': {
    inputs: objectOf({
      Default: fixed,
      Choices: listOf(
        {
          type: 'object',
          if: { required: ['Or'] },
          // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
          then: objectOf({ NextStep: fixed, Or: listOf(objectOf(condition), { minItems: 2 }) }),
          else: objectOf({ NextStep: fixed, ...condition }),
        },
        { minItems: 1 },
      ),
    }),
  },
  'aws:executeAwsApi': {
    inputs: { ...objectOf(api), additionalProperties: true },
    optional: { timeoutSeconds: count, maxAttempts: count, ...orders },
  },
  'aws:executeScript': {
    inputs: objectOf(
      { Runtime: { const: 'python3.11' }, Handler: like(String.raw`^[A-Za-z_]\w*$`), Script: fixed },
      { InputPayload: { type: 'object' } },
    ),
    optional: {
      timeoutSeconds: { ...count, maximum: 600 },
      outputs: listOf(
        objectOf({
          Name: like(String.raw`^\w{1,50}$`),
          Selector: like(String.raw`^\$\.Payload(\.\w+)+$`),
          Type: { const: 'String' },
        }),
      ),
      ...orders,
    },
  },
  'aws:waitForAwsResourceProperty': {
    inputs: { ...objectOf(property), additionalProperties: true },
    required: { timeoutSeconds: count },
    optional: orders,
  },
};

const step = {
  type: 'object',
  discriminator: { propertyName: 'action' },
  required: ['action'],
  oneOf: Object.entries(ACTIONS).map(([action, { required = {}, optional = {} }]) =>
    objectOf(
      {
        name: like(String.raw`^\w{3,128}$`),
        action: { const: action },
        inputs: { type: 'object' },
        ...required,
      },
      { description: text, ...optional },
    ),
  ),
};

const DOCUMENT = objectOf(
  {
    schemaVersion: { const: '0.3' },
    // SSM lets a document go without a role, and its scripts then go without any permission.
    assumeRole: text,
    mainSteps: listOf(step, { minItems: 1 }),
  },
  {
    description: text,
    outputs: listOf(text),
    parameters: {
      type: 'object',
      propertyNames: { pattern: String.raw`^\w{1,50}$` },
      additionalProperties: {
        type: 'object',
        discriminator: { propertyName: 'type' },
        required: ['type'],
        oneOf: [
          parameter('String', { allowedPattern: text }),
          parameter('AWS::IAM::Role::Arn', { allowedPattern: text }),
          parameter('StringList', { allowedPattern: text }),
          parameter('Integer', {}),
        ],
      },
    },
  },
);

const ajv = new Ajv({ discriminator: true });
const isDocument = ajv.compile<Document>(DOCUMENT);
const areInputs = new Map<string, ValidateFunction<JsonObject>>(
  Object.entries(ACTIONS).map(([name, { inputs }]) => [name, ajv.compile<JsonObject>(inputs)]),
);

const problemOf = (errors: readonly ErrorObject[] | null | undefined, where: string): string => {
  const [error] = errors ?? [];
  const { additionalProperty, allowedValue, allowedValues } = error?.params ?? {};
  const detail = additionalProperty ?? allowedValue ?? allowedValues;
  return `${where}${error?.instancePath ?? ''} ${error?.message}${detail === undefined ? '' : `: ${JSON.stringify(detail)}`}`;
};

/** @throws RefusedError for what is not built like a document, and for what the interpreter does not support */
export const parseDocument = (content: unknown): Document => {
  if (!isDocument(content)) throw new RefusedError(problemOf(isDocument.errors, 'document'));
  return content;
};

/** Why an action does not take inputs; undefined where it does. */
export const inputsProblem = (action: ActionName, inputs: unknown): string | undefined => {
  const isTaken = areInputs.get(action);
  return isTaken?.(inputs) ? undefined : problemOf(isTaken?.errors, 'inputs');
};

/** @throws RefusedError for a value, given or default, that the definition of a parameter does not allow */
export const checkValue = (
  name: string,
  { type, allowedPattern, allowedValues }: Parameter,
  given: unknown,
): void => {
  const pattern = allowedPattern === undefined ? {} : like(allowedPattern);
  const isAllowed = ajv.compile({
    allOf: [VALUES[type], type === 'StringList' ? listOf(pattern) : pattern],
    ...(allowedValues === undefined ? {} : { enum: allowedValues }),
  });
  if (!isAllowed(given)) throw new RefusedError(problemOf(isAllowed.errors, name));
};
