import type { Description } from './core/annotation.js';
import type { ConfigurationItem } from './core/configuration-item.js';
import type { KeySource } from './core/key.js';
import type { DocumentName } from './core/remediation.js';
import type { RuleParameters } from './core/rule-parameters.js';
import type { ObservedTrail, Trail } from './core/trail.js';
import type { Compliance, VerdictCode } from './core/verdict.js';

/** The parameters that require more than the metadata of a key, and the account of the caller. */
export type KeyLookupOptions = Pick<RuleParameters, 'checkKeyPolicy' | 'requireKeyRotation'> & {
  /** KMS returns a key policy only to the key's own account. Undefined if the caller's account is unknown. */
  readonly accountId: string | undefined;
};

/** The trails in CloudTrail, in the account and Region of the rule. */
export type LiveTrails = {
  /** All trails that the Region shows, including shadow trails and organization trails. */
  readonly listTrails: () => Promise<readonly Trail[]>;
  /** Returns a trail by its ARN or name, or undefined if it does not exist. */
  readonly getTrail: (nameOrArn: string) => Promise<Trail | undefined>;
};

/** The records of AWS Config. */
export type ConfigHistory = {
  /** All recorded trails of the account and Region, including shadow trails, with their IDs in AWS Config. */
  readonly listTrails: () => Promise<readonly ObservedTrail[]>;
  /** Returns the complete item for a summary, at its capture time, or undefined if the history does not contain it. */
  readonly getItem: (summary: ConfigurationItem) => Promise<ConfigurationItem | undefined>;
};

/** A resource in the results of a rule. */
export type ResultResource = { readonly resourceType: string; readonly resourceId: string };

/** A result of the rule: a finding, or a result that clears an earlier one. */
export type RuleResult = ResultResource &
  Description & { readonly code: VerdictCode; readonly compliance: Compliance };

/** The credential for reporting results, and the time of the results in milliseconds since 1970. */
export type Submission = { readonly resultToken: string; readonly orderedAt: number };

/** The results of the rule in AWS Config. */
export type Results = {
  /** The resources that have a COMPLIANT or NON_COMPLIANT result. */
  readonly listCurrent: (ruleName: string) => Promise<readonly ResultResource[]>;
  /**
   * Reports results. An empty list is reported as well: it ends the invocation.
   *
   * @returns `rule-deleted` if the rule no longer exists
   * @throws if AWS Config does not accept some of the results; the message contains their resources
   */
  readonly report: (
    results: readonly RuleResult[],
    submission: Submission,
  ) => Promise<'done' | 'rule-deleted'>;
};

/** What the rule needs from its environment, for one invocation. */
export type RulePorts = {
  /** The Region of the rule. */
  readonly region: string;
  readonly keys: (options: KeyLookupOptions) => KeySource;
  readonly live: LiveTrails;
  readonly history: ConfigHistory;
  readonly results: Results;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Waits for a number of milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Whether a port failed because AWS limits the number of requests. */
  readonly isThrottled: (error: unknown) => boolean;
  readonly warn: (message: string) => void;
};

/** An account that is called with credentials for it. */
export type LiveAccount = {
  readonly accountId: string;
  /** The Region that is called first. */
  readonly region: string;
  /** All trails of the account with their home Regions, but without their keys. */
  readonly listTrails: () => Promise<readonly Trail[]>;
  /** The trails that a Region shows, including shadow trails and organization trails. */
  readonly trailsIn: (region: string) => Promise<readonly Trail[]>;
  readonly keys: (options: KeyLookupOptions) => KeySource;
};

/** What a user can select for a session, as in the AWS CLI. */
export type SessionOptions = {
  /** Overrides the profile and the access keys of the environment. It becomes the profile of the process (`AWS_PROFILE`). */
  readonly profile?: string;
  /** Overrides the Region of the environment and of the profile. */
  readonly region?: string;
};

/** How roles in other accounts are assumed. */
export type RoleOptions = {
  /** The external ID that the trust policies of the roles require. */
  readonly externalId?: string;
};

/** An account to scan, with its name in the report. */
export type AccountToScan = {
  readonly name: string;
  /** Gets credentials for the account. */
  readonly open: () => Promise<LiveAccount>;
};

/** A step of an automation. Times are in milliseconds since 1970. */
export type AutomationStep = {
  readonly name: string;
  /** A status of SSM: `Pending`, `InProgress`, `Waiting`, `Success`, `Failed`, `TimedOut` or `Cancelled`. */
  readonly status: string;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly failure: string | undefined;
};

/** An execution of an SSM Automation document. */
export type Automation = {
  readonly id: string;
  /** The name of the document. */
  readonly document: string | undefined;
  readonly startedAt: number | undefined;
  /** The ARN of the principal that started it. */
  readonly startedBy: string | undefined;
  readonly status: string;
  readonly steps: readonly AutomationStep[];
  /** By step and name, such as `Assess.Reason`. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly failure: string | undefined;
};

/** The SSM automations of an account and Region. */
export type Automations = {
  /**
   * Starts an automation and returns its execution ID.
   *
   * @throws DocumentMissingError if the document is not deployed
   */
  readonly start: (
    document: DocumentName,
    parameters: Readonly<Record<string, readonly string[]>>,
  ) => Promise<string>;
  readonly read: (id: string) => Promise<Automation>;
  /** Returns the execution of a document that has ended, matches, and started last, or undefined if SSM has none. */
  readonly latest: (
    document: DocumentName,
    matches: (automation: Automation) => boolean,
  ) => Promise<Automation | undefined>;
};
