/** The sizes of the inputs, and the number of repetitions. */
export type Sizes = {
  readonly starts: number;
  readonly repetitions: number;
  readonly events: number;
  readonly items: number;
  readonly fewerItems: number;
  readonly files: number;
  readonly accounts: number;
  readonly regions: number;
  readonly findings: number;
  readonly delayMs: number;
};

/** The sizes to which the goals apply. */
export const FULL: Sizes = {
  starts: 15,
  repetitions: 3,
  events: 1000,
  items: 1_000_000,
  fewerItems: 100_000,
  files: 2000,
  accounts: 20,
  regions: 17,
  findings: 100_000,
  delayMs: 30,
};

/** Small sizes that test whether each figure can be measured. */
export const SMOKE: Sizes = {
  starts: 1,
  repetitions: 1,
  events: 3,
  items: 20_000,
  fewerItems: 10_000,
  files: 3,
  accounts: 2,
  regions: 2,
  findings: 20,
  delayMs: 1,
};
