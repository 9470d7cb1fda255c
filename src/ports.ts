import type { Description } from './core/annotation.js';
import type { ConfigurationItem } from './core/configuration-item.js';
import type { KeySource } from './core/key.js';
import type { DocumentName } from './core/remediation.js';
import type { ObservedTrail, Trail } from './core/trail.js';
import type { Compliance, VerdictCode } from './core/verdict.js';

/** What of a key has to be asked besides its state, and by which account. */
export type KeyLookupOptions = {
  readonly policy: boolean;
  readonly rotation: boolean;
  /** The caller's account: KMS shows a key policy to the key's own account alone. Undefined where it is not known. */
  readonly accountId: string | undefined;
};

/** Trails as they are now, in the account and Region of the rule. */
export type LiveTrails = {
  /** All trails that can be seen from here, copies and organization trails included. */
  readonly all: () => Promise<readonly Trail[]>;
  /** One trail by its ARN or name, or undefined where there is none. */
  readonly named: (nameOrArn: string) => Promise<Trail | undefined>;
};

/** What AWS Config has recorded. */
export type ConfigHistory = {
  /** All trails of the account and Region that are recorded, copies included, each under AWS Config's id. */
  readonly trails: () => Promise<readonly ObservedTrail[]>;
  /** The item as it was at its capture time, or undefined where the history does not reach it. */
  readonly itemOf: (summary: ConfigurationItem) => Promise<ConfigurationItem | undefined>;
};

/** A resource in the results of a rule. */
export type ResultResource = { readonly resourceType: string; readonly resourceId: string };

/** One result of the rule: a finding, or the end of an earlier result. */
export type RuleResult = ResultResource &
  Description & { readonly code: VerdictCode; readonly compliance: Compliance };

/** The credential with which results are reported, and the time that they are for in milliseconds since 1970. */
export type Submission = { readonly resultToken: string; readonly orderedAt: number };

/** The results of the rule in AWS Config. */
export type Results = {
  /** Resources that have a COMPLIANT or NON_COMPLIANT result. */
  readonly current: (ruleName: string) => Promise<readonly ResultResource[]>;
  /**
   * Reports results. An empty list is reported as well: it ends the invocation.
   *
   * @returns `rule-deleted` where the rule was deleted in the meantime
   * @throws where AWS Config did not accept some of them, naming them
   */
  readonly put: (results: readonly RuleResult[], submission: Submission) => Promise<'done' | 'rule-deleted'>;
};

/** All that the rule needs from the world, for one invocation. */
export type RulePorts = {
  /** The Region in which the rule runs. */
  readonly region: string;
  readonly keys: (options: KeyLookupOptions) => KeySource;
  readonly live: LiveTrails;
  readonly history: ConfigHistory;
  readonly results: Results;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly warn: (message: string) => void;
};

/** One account as it is now, asked with credentials for it. */
export type LiveAccount = {
  readonly accountId: string;
  /** The Region that is asked first. */
  readonly region: string;
  /** The account's trails with their home Regions, from wherever it is asked; their keys are not told. */
  readonly listed: () => Promise<readonly Trail[]>;
  /** Trails as one Region shows them, copies and organization trails included. */
  readonly seenFrom: (region: string) => Promise<readonly Trail[]>;
  readonly keys: (options: KeyLookupOptions) => KeySource;
};

/** An account that is to be scanned, under the name by which a report calls it. */
export type AccountToScan = {
  readonly name: string;
  /** Gets credentials for it. */
  readonly open: () => Promise<LiveAccount>;
};
/** A step of an automation, as it stands. Times are in milliseconds since 1970. */
export type AutomationStep = {
  readonly name: string;
  /** As SSM spells it: `Pending`, `InProgress`, `Waiting`, `Success`, `Failed`, `TimedOut`, `Cancelled`. */
  readonly status: string;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly failure: string | undefined;
};

/** An execution of an SSM Automation document, as it stands. */
export type Automation = {
  readonly id: string;
  readonly status: string;
  readonly steps: readonly AutomationStep[];
  /** By step and name, such as `Assess.Reason`. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly failure: string | undefined;
};

/** SSM automations of one account and Region. */
export type Automations = {
  /**
   * Starts a document and gives the id of the execution.
   *
   * @throws DocumentMissingError where the document is not deployed
   */
  readonly start: (
    document: DocumentName,
    parameters: Readonly<Record<string, readonly string[]>>,
  ) => Promise<string>;
  readonly read: (id: string) => Promise<Automation>;
  /** The newest execution of a document that has ended and is wanted, among those that SSM still keeps. */
  readonly latest: (
    document: DocumentName,
    isWanted: (automation: Automation) => boolean,
  ) => Promise<Automation | undefined>;
};
