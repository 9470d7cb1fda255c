import type { SimulatedAws } from '../../support/aws-simulator/state.js';
import type { Faults } from '../../support/stand-in.js';

/** A run of a document on a simulated AWS, and how it must end. */
export type Scenario = {
  readonly document: string;
  readonly given: Readonly<Record<string, string | readonly string[]>>;
  readonly aws: () => SimulatedAws;
  readonly faults?: Faults;
  /** What the approvers answer; they may change the simulatedAws before. */
  readonly approve?: (aws: SimulatedAws) => 'Approved' | 'Rejected';
  /** Where the document runs; eu-west-1 if not said. */
  readonly region?: string;
  readonly ends: 'Success' | 'Failed';
  /** The steps that ran, in order. */
  readonly path: string;
  /** The changes that were made, in order. */
  readonly changes: readonly string[];
  /** Words of the failure. */
  readonly because?: string;
  readonly outputs?: Readonly<Record<string, string>>;
};

/** Scenarios by what they show. */
export type Scenarios = Readonly<Record<string, Scenario>>;

/** The role under which documents of the tests run. */
export const ROLE = 'arn:aws:iam::111122223333:role/trailkey-remediation-eu-west-1';

type Start = Pick<Scenario, 'given' | 'aws'>;

/** How a scenario ends, and what happens on the way. */
export type End = Omit<Scenario, 'document' | keyof Start>;

/** Gives a function that makes scenarios of a document, whose parameters are these but for what is said otherwise. */
export const scenariosOf =
  (document: string, parameters: Scenario['given']) =>
  (given: Scenario['given'], aws: Scenario['aws'], end: End): Scenario => ({
    document,
    given: { AutomationAssumeRole: ROLE, ...parameters, ...given },
    aws,
    ...end,
  });
