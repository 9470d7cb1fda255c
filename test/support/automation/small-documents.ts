import type { JsonObject } from '../../../src/core/json-value.js';
import { runDocument } from './run-document.js';
import type { Automation, Execution } from './types.js';

/** The account, Region and role that small documents run with. */
export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/repair`;

/** A document of some steps. */
export const documentOf = (mainSteps: readonly unknown[], overrides: JsonObject = {}): JsonObject => ({
  schemaVersion: '0.3',
  assumeRole: ROLE,
  mainSteps,
  ...overrides,
});

/** A step that runs a script; what the script does is said by `scripts`. */
export const scriptStep = (name: string, fields: JsonObject = {}, payload: JsonObject = {}): JsonObject => ({
  name,
  action: 'aws:executeScript',
  inputs: {
    Runtime: 'python3.11',
    Handler: 'main',
    Script: 'def main(events, context):\n  return events\n',
    InputPayload: payload,
  },
  ...fields,
});

/** The declaration of an output of a script step. */
export const output = (Name: string, Selector = `$.Payload.${Name}`): JsonObject => ({
  Name,
  Selector,
  Type: 'String',
});

/** A branch with one choice; where it is not met, the execution goes to step `other`. */
export const branchStep = (name: string, choice: JsonObject): JsonObject => ({
  name,
  action: 'aws:branch',
  inputs: { Choices: [choice], Default: 'other' },
});

/** What a script step comes to, by its name: a payload made of its input; an Error fails it. By default the input. */
export type Scripts = Readonly<Record<string, (payload: JsonObject) => unknown>>;

/** What small documents run with: no network, no approvers, and time that passes at once. */
export const automationWith = (scripts: Scripts = {}, overrides: Partial<Automation> = {}): Automation => ({
  parameters: {},
  endpoint: 'http://127.0.0.1:9',
  region: REGION,
  accountId: ACCOUNT,
  runScript: async ({ step, payload }) => {
    const result = scripts[step] ? scripts[step](payload) : payload;
    return result instanceof Error ? { error: `${result.name}: ${result.message}` } : { payload: result };
  },
  sleep: async () => undefined,
  now: () => 0,
  ...overrides,
});

/** Runs steps as a document. */
export const runSteps = (
  mainSteps: readonly unknown[],
  scripts: Scripts = {},
  overrides: JsonObject = {},
): Promise<Execution> => runDocument(documentOf(mainSteps, overrides), automationWith(scripts));

/** The steps that ran, in the order of the document, with their status. */
export const ranIn = ({ steps }: Execution): readonly string[] =>
  steps.filter(({ status }) => status !== 'Pending').map(({ name, status }) => `${name} ${status}`);
