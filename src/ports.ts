import type { Compliance } from './core/catalogue.js';
import type { ConfigurationItem } from './core/configuration-item.js';
import type { KeyAnswer } from './core/key.js';
import type { KeyReference } from './core/key-reference.js';
import type { DocumentName } from './core/remediation.js';
import type { Trail, TrailSighting } from './core/trail.js';

/** Where keys are asked: KMS itself, or what an input file holds. */
export type KeySource = {
  /**
   * Looks a key up. That it is missing or may not be read is an answer.
   *
   * @throws where the question cannot be answered now: a passing fault is never a verdict
   */
  readonly lookUp: (reference: KeyReference) => Promise<KeyAnswer>;
};

/** What of a key has to be asked besides its state, and by which account. */
export type KeyQuestion = {
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
export type Inventory = {
  /** All trails of the account and Region that are recorded, copies included, each under AWS Config's id. */
  readonly trails: () => Promise<readonly TrailSighting[]>;
  /** The item as it was at its capture time, or undefined where the history does not reach it. */
  readonly itemOf: (summary: ConfigurationItem) => Promise<ConfigurationItem | undefined>;
};

/** A resource in the results of a rule. */
export type ResultResource = { readonly resourceType: string; readonly resourceId: string };

/** One result of the rule. `orderedAt` is in milliseconds since 1970. */
export type Evaluation = ResultResource & {
  readonly compliance: Compliance;
  readonly annotation: string;
  readonly orderedAt: number;
};

/** Where results are put. */
export type Results = {
  /** Resources that the rule holds results for, other than not applicable ones. */
  readonly current: (ruleName: string) => Promise<readonly ResultResource[]>;
  /**
   * Puts results, also none at all: that says that the invocation is done.
   *
   * @returns `rule-gone` where the rule was deleted meanwhile
   * @throws where some were not taken, naming them
   */
  readonly put: (evaluations: readonly Evaluation[], resultToken: string) => Promise<'done' | 'rule-gone'>;
};

/** All that the rule needs from the world, for one invocation. */
export type RulePorts = {
  /** The Region in which the rule runs. */
  readonly region: string;
  readonly keys: (question: KeyQuestion) => KeySource;
  readonly live: LiveTrails;
  readonly inventory: Inventory;
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
  readonly keys: (question: KeyQuestion) => KeySource;
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
