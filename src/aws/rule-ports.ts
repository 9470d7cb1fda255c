import { setMaxListeners } from 'node:events';
import type { RulePorts } from '../ports.js';
import { type Caller, callerUntil } from './call.js';
import type { Clients } from './clients.js';
import { cloudTrailTrails } from './cloudtrail-trails.js';
import { configInventory } from './config-inventory.js';
import { configResults } from './config-results.js';
import { kmsKeys } from './kms-keys.js';

/** What one invocation is given: how long it may take, in milliseconds, and where warnings go. */
export type Surroundings = { readonly budgetMs: number; readonly warn: (message: string) => void };

/** The ports of the rule over AWS, for one invocation, and the calls that it makes. */
export type AwsRulePorts = RulePorts & Pick<Caller, 'counts'>;

/** Whoever hangs while we ask must leave time to put what the others said. */
const SHARE_FOR_ASKING = 0.7;

/** Makes the ports of the rule over AWS. */
export const awsRulePorts = (clients: Clients, { budgetMs, warn }: Surroundings): AwsRulePorts => {
  const asking = callerUntil(signalAfter(budgetMs * SHARE_FOR_ASKING));
  const putting = callerUntil(signalAfter(budgetMs));
  return {
    region: clients.region,
    keys: (question) => kmsKeys(clients, asking, question),
    live: cloudTrailTrails(clients, asking),
    history: configInventory(clients, asking),
    results: configResults(clients, { asking, putting }),
    now: Date.now,
    warn,
    counts: () => ({ ...asking.counts(), ...putting.counts() }),
  };
};

const signalAfter = (milliseconds: number): AbortSignal => {
  const signal = AbortSignal.timeout(Math.floor(milliseconds));
  // Every call listens to it, and there may be a hundred at once: Node.js would warn of a leak.
  setMaxListeners(0, signal);
  return signal;
};
