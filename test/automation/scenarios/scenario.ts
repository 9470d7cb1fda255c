import type { Faults } from '../../support/stand-in.js';
import type { World } from '../../support/world/world.js';

/** A run of a document in a world, and how it must end. */
export type Scenario = {
  readonly document: string;
  readonly given: Readonly<Record<string, string | readonly string[]>>;
  readonly world: () => World;
  readonly faults?: Faults;
  /** What the approvers answer; they may change the world before. */
  readonly approve?: (world: World) => 'Approved' | 'Rejected';
  /** Where the document runs; the world's home Region if not said. */
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
