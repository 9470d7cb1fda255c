import type { JsonObject } from '../../../src/core/json-value.js';

/** What an execution is started with, and what it runs against. */
export type Automation = {
  /** As StartAutomationExecution takes them. */
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  readonly partition?: string;
  readonly runScript: (script: {
    step: string;
    text: string;
    handler: string;
    runtime: string;
    payload: Record<string, unknown>;
  }) => Promise<{ payload: unknown } | { error: string }>;
  /** Answers for all approvers; without it a document that asks is refused. */
  readonly approve?: (request: {
    step: string;
    message: string;
    approvers: readonly string[];
    required: number;
  }) => Promise<'Approved' | 'Rejected'>;
  /** Advances the virtual time, between two polls. */
  readonly sleep: (seconds: number) => Promise<void>;
  /** The virtual time in milliseconds, as Date.now returns it. */
  readonly now: () => number;
  /** Is called with all steps whenever the status of one changes. */
  readonly onStep?: (steps: readonly StepRun[]) => void;
};

/** A step as GetAutomationExecution shows it. */
export type StepRun = {
  name: string;
  action: string;
  status: 'Pending' | 'InProgress' | 'Waiting' | 'Success' | 'Failed' | 'TimedOut';
  outputs: Record<string, string[]>;
  failureMessage?: string;
  attempts: number;
};

/** An execution as GetAutomationExecution shows it in the end. */
export type Execution = {
  readonly status: 'Success' | 'Failed' | 'TimedOut';
  readonly steps: readonly StepRun[];
  /** By `step.Output`. */
  readonly outputs: Record<string, string[]>;
  readonly failureMessage?: string;
};

/** The actions that are supported. */
export type ActionName =
  | 'aws:approve'
  | 'aws:assertAwsResourceProperty'
  | 'aws:branch'
  | 'aws:executeAwsApi'
  | 'aws:executeScript'
  | 'aws:waitForAwsResourceProperty';

/** A step of a document. */
export type Step = {
  readonly name: string;
  readonly action: ActionName;
  readonly inputs: JsonObject;
  readonly outputs?: readonly { readonly Name: string; readonly Selector: string }[];
  readonly nextStep?: string;
  readonly isEnd?: boolean;
  readonly onFailure?: string;
  readonly maxAttempts?: number;
  readonly timeoutSeconds?: number;
};

/** The definition of a parameter. */
export type Parameter = {
  readonly type: 'String' | 'StringList' | 'Integer' | 'AWS::IAM::Role::Arn';
  readonly default?: unknown;
  readonly allowedPattern?: string;
  readonly allowedValues?: readonly unknown[];
};

/** An Automation document of schema 0.3. */
export type Document = {
  readonly assumeRole: string;
  readonly parameters?: Readonly<Record<string, Parameter>>;
  readonly mainSteps: readonly Step[];
  /** Each is `step.Output`. */
  readonly outputs?: readonly string[];
};

/** Thrown for what SSM would refuse, and for what the interpreter does not support. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** Thrown inside a step that fails as it would in SSM; the message is what the step then shows. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';
  readonly status: 'Failed' | 'TimedOut';

  constructor(message: string, status: 'Failed' | 'TimedOut' = 'Failed') {
    super(message);
    this.status = status;
  }
}
