import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { ConfigServiceClient } from '@aws-sdk/client-config-service';
import { KMSClient } from '@aws-sdk/client-kms';
import type { DoctorPorts } from '../ports.js';
import { liveTrails } from './cloudtrail.js';
import { configHistory } from './config.js';
import { documentsIn } from './documents.js';
import { kmsKeys } from './kms.js';
import { notificationsIn } from './notifications.js';
import { attempt, readerIn } from './reader.js';
import { ruleDeployment } from './rule-deployment.js';
import type { Identity, Session } from './session.js';

/** The ports of `doctor` over AWS, for the account and the Region of a session. */
export const doctorPorts = (
  { region, clientsOf, call }: Session,
  { accountId, arn, partition }: Identity,
  now: () => number,
): DoctorPorts => {
  const clients = clientsOf(accountId);
  const reader = readerIn(region, { clients, call });
  const connection = {
    region,
    caller: arn,
    call,
    config: clients(ConfigServiceClient, 'config'),
    kms: clients(KMSClient, 'kms'),
    cloudTrail: clients(CloudTrailClient, 'cloudtrail'),
  };
  return {
    region,
    accountId,
    partition,
    keys: kmsKeys(connection),
    live: liveTrails(connection, region),
    history: configHistory(connection),
    deployment: { ...ruleDeployment(reader), ...documentsIn(reader), ...notificationsIn(reader) },
    attempt,
    now,
  };
};
