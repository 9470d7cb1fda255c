import { ALLOWED_KEYS, keyArn, PLACES } from './organization-facts.js';
import { itemsAt } from './organization-items.js';

const SNAPSHOT_TIME = '20260105T031500Z';

/** The files of the example by path: snapshots in the folder structure of AWS Config, and rule parameters. */
export const exampleFiles = (): ReadonlyMap<string, string> =>
  new Map([
    ...PLACES.map(({ account, region }, index): [string, string] => {
      const snapshotId = `0000000${index + 1}-0000-4000-8000-00000000000${index + 1}`;
      const folder = `organization/AWSLogs/${account}/Config/${region}/2026/1/5/ConfigSnapshot`;
      const name = `${account}_Config_${region}_ConfigSnapshot_${SNAPSHOT_TIME}_${snapshotId}.json.gz`;
      const snapshot = {
        fileVersion: '1.0',
        configSnapshotId: snapshotId,
        configurationItems: itemsAt(account, region),
      };
      return [`${folder}/${name}`, JSON.stringify(snapshot)];
    }),
    ['parameters.json', `${JSON.stringify(PARAMETERS, null, 2)}\n`],
  ]);

/** With these parameters, one run shows every verdict except KEY_PRESENT, which requires `keyVerification` = `presence`. */
const PARAMETERS = {
  kmsKeyArns: ALLOWED_KEYS.map(keyArn).join(', '),
  checkKeyPolicy: 'true',
  requireKeyRotation: 'true',
  keyMaterialExpiryDays: '30',
};
