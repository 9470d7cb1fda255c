import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { ConfigServiceClient } from '@aws-sdk/client-config-service';
import { KMSClient } from '@aws-sdk/client-kms';
import type { RulePorts } from '../ports.js';
import { type ConnectionOptions, clientsFor, isThrottled } from './clients.js';
import { type CloudTrailConnection, liveTrails } from './cloudtrail.js';
import { type ConfigConnection, configHistory, configResults } from './config.js';
import { credentialsIn } from './credentials.js';
import { codeOf } from './errors.js';
import { type KmsConnection, kmsKeys } from './kms.js';
import { callsWithin } from './requests.js';

/** The clients of the rule. They keep their connections from one invocation to the next. */
export type RuleClients = Omit<CloudTrailConnection & ConfigConnection & KmsConnection, 'call'> & {
  /** The number of requests in the invocation, by operation. */
  readonly counts: Map<string, number>;
};

/** Fewer than for the command, because AWS Config invokes the rule again. */
const MAX_ATTEMPTS = 3;

/** Returns the clients of the rule, with the credentials that Lambda sets in the environment. `region` is the Region of the rule. */
export const ruleClients = (
  region: string,
  { endpoint }: Pick<ConnectionOptions, 'endpoint'> = {},
): RuleClients => {
  const counts = new Map<string, number>();
  const clients = clientsFor({
    account: '',
    credentials: async () => credentialsIn(process.env),
    maxAttempts: MAX_ATTEMPTS,
    ...(endpoint === undefined ? {} : { endpoint }),
    observer: {
      onRequest: ({ service, operation }) => {
        const name = `${service}:${operation}`;
        counts.set(name, (counts.get(name) ?? 0) + 1);
      },
    },
  });
  return {
    region,
    counts,
    config: clients(ConfigServiceClient, 'config'),
    kms: clients(KMSClient, 'kms'),
    cloudTrail: clients(CloudTrailClient, 'cloudtrail'),
  };
};

/** The ports of the rule over AWS, for one invocation, and the number of its calls by operation. */
export type AwsRulePorts = RulePorts & { readonly counts: () => Readonly<Record<string, number>> };

/** The share of the time budget for reading. The rest remains for reporting results if a service does not respond. */
const SHARE_FOR_READING = 0.7;

/** Makes the ports of the rule over AWS, for an invocation that may take so many milliseconds. */
export const awsRulePorts = (
  clients: RuleClients,
  { budgetMs, warn }: { readonly budgetMs: number; readonly warn: (message: string) => void },
): AwsRulePorts => {
  const call = callsWithin(budgetMs * SHARE_FOR_READING);
  const connection = { ...clients, call };
  // Lambda runs one invocation at a time in an execution environment.
  clients.counts.clear();
  return {
    region: clients.region,
    keys: kmsKeys(connection),
    live: liveTrails(connection, clients.region),
    history: configHistory(connection),
    results: configResults(clients, { read: call, report: callsWithin(budgetMs) }),
    now: Date.now,
    pause: setTimeout,
    isThrottled: (error) => isThrottled({ result: codeOf(error) }),
    warn,
    counts: () => Object.fromEntries(clients.counts),
  };
};
