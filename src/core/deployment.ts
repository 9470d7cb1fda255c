import type { JsonObject } from './json-value.js';

/** What a read of AWS returns: a value, the permission that is missing for it, or the error of a call that failed. */
export type ReadResult<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'denied'; readonly permission: string }
  | { readonly kind: 'failed'; readonly message: string };

/**
 * A customer managed configuration recorder. Fields that AWS Config does not return are undefined.
 *
 * @see https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationRecorder.html
 */
export type Recorder = {
  readonly name: string;
  /** `ALL_SUPPORTED_RESOURCE_TYPES`, `INCLUSION_BY_RESOURCE_TYPES` or `EXCLUSION_BY_RESOURCE_TYPES`. */
  readonly strategy: string | undefined;
  readonly allSupported: boolean | undefined;
  readonly included: readonly string[];
  readonly excluded: readonly string[];
  /** `CONTINUOUS` or `DAILY`. */
  readonly frequency: string | undefined;
  readonly overrides: readonly { readonly types: readonly string[]; readonly frequency: string }[];
};

/** The status of a configuration recorder. `lastStatus` is `Pending`, `Success`, `Failure` or `NotApplicable`. */
export type RecorderStatus = {
  readonly name: string;
  readonly recording: boolean;
  readonly lastStatus: string | undefined;
  readonly error: AwsError | undefined;
};

/** An error as AWS returns it in a status. */
export type AwsError = { readonly code: string | undefined; readonly message: string | undefined };

/**
 * A rule in AWS Config.
 *
 * @see https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigRule.html
 */
export type DeployedRule = {
  readonly name: string;
  readonly state: string | undefined;
  readonly owner: string | undefined;
  /** The ARN of the function. */
  readonly source: string | undefined;
  /** The events that invoke the rule. `frequency` is set for a schedule, such as `TwentyFour_Hours`. */
  readonly triggers: readonly { readonly type: string; readonly frequency: string | undefined }[];
  readonly resourceTypes: readonly string[];
  /** Whether the scope is a tag or a single resource. */
  readonly isNarrowed: boolean;
  readonly modes: readonly string[];
  /** JSON text. */
  readonly parameters: string | undefined;
  /** The service that created the rule, such as `config-conforms.amazonaws.com`. */
  readonly createdBy: string | undefined;
};

/** The evaluation status of a rule. Times are in milliseconds since 1970. */
export type EvaluationStatus = {
  readonly activatedAt: number | undefined;
  readonly succeededAt: number | undefined;
  readonly failedAt: number | undefined;
  readonly error: AwsError | undefined;
};

/** A result of a rule in AWS Config. The time is in milliseconds since 1970. */
export type RecordedResult = {
  readonly resourceType: string;
  readonly resourceId: string;
  readonly compliance: string | undefined;
  readonly annotation: string | undefined;
  readonly recordedAt: number | undefined;
};

/** The status of a conformance pack. */
export type PackStatus = {
  readonly name: string;
  readonly id: string;
  readonly state: string;
  readonly reason: string | undefined;
};

/** A parameter of a remediation: static values, or a value of the resource, such as `RESOURCE_ID`. */
export type RemediationParameter = {
  readonly values: readonly string[];
  readonly resourceValue: string | undefined;
};

/** The remediation configuration of a rule. */
export type RemediationConfiguration = {
  /** The name or ARN of the SSM document. */
  readonly document: string;
  /** Undefined for the default version. */
  readonly version: string | undefined;
  readonly automatic: boolean;
  readonly parameters: ReadonlyMap<string, RemediationParameter>;
};

/** The last remediation of a resource. The time is in milliseconds since 1970. */
export type RemediationRun = {
  readonly resourceId: string;
  readonly state: string | undefined;
  readonly startedAt: number | undefined;
  readonly failedSteps: readonly { readonly name: string; readonly message: string | undefined }[];
};

/** An SSM document. */
export type SsmDocument = {
  readonly status: string | undefined;
  readonly reason: string | undefined;
  readonly defaultVersion: string | undefined;
  readonly latestVersion: string | undefined;
};

/** A version of an SSM document. */
export type DocumentVersion = { readonly version: string; readonly isDefault: boolean };

/** The content of the default version of an SSM document. */
export type DocumentContent = JsonObject;

/** A CloudWatch alarm. `state` is `OK`, `ALARM` or `INSUFFICIENT_DATA`. */
export type Alarm = {
  readonly state: string | undefined;
  readonly reason: string | undefined;
  readonly actionsEnabled: boolean;
  readonly actions: readonly string[];
};

/** A subscription to an SNS topic. */
export type Subscription = { readonly endpoint: string; readonly isConfirmed: boolean };

/** A CloudWatch Logs log group. */
export type LogGroup = { readonly retentionInDays: number | undefined };
