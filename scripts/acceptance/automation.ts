import type { DocumentName } from '../../src/core/remediation.js';
import type { Automation } from '../../src/ports.js';
import { type Seen, type Stage, seenIf, waitFor } from './stage.js';

const PATIENCE = { seconds: 3600, every: 15 };
const ENDED = ['Success', 'Failed', 'TimedOut', 'Cancelled', 'Rejected'];

/** The roles that the stack creates for the documents. */
const ROLES = {
  'Trailkey-EncryptTrail': 'trailkey-remediation',
  'Trailkey-RestoreKey': 'trailkey-repair',
  'Trailkey-BackOut': 'trailkey-repair',
} as const satisfies Record<DocumentName, string>;

/** Starts a document, approves it if it waits for approval, and returns the automation when it has ended. */
export const runDocument = async (
  stage: Stage,
  document: DocumentName,
  parameters: Readonly<Record<string, string>>,
): Promise<Automation> => {
  const { connection, account } = stage;
  const { partition, accountId, region } = connection;
  const role = `arn:${partition}:iam::${accountId}:role/${ROLES[document]}-${region}`;
  const id = await account.documents.start(document, {
    AutomationAssumeRole: [role],
    ...Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value]])),
  });
  let isApproved = false;
  const ended = await waitFor(stage, PATIENCE, async () => {
    const automation = await account.documents.read(id);
    if (!isApproved && automation.steps.some(({ status }) => status === 'Waiting')) {
      await account.documents.approve(id);
      isApproved = true;
    }
    return ENDED.includes(automation.status) ? automation : undefined;
  });
  if (ended === undefined) throw new Error(`execution ${id} of ${document} did not end within an hour`);
  return ended;
};

/** Describes how an automation ended, and whether the trail then has the key that it should have. */
export const seenAutomation = async (
  { account, state }: Stage,
  automation: Automation,
  expectedKey: string | undefined,
): Promise<Seen> => {
  const key = await account.trail.keyOf(state.trailArn);
  const hasKey = key === expectedKey;
  const delivery = automation.outputs['VerifyDelivery.State'];
  const details = [
    automation.status,
    delivery === undefined || delivery.startsWith('No output') ? [] : `delivery: ${delivery}`,
    hasKey ? [] : `the trail has the key ${key ?? 'none'}`,
    automation.failure ?? [],
  ];
  return seenIf(automation.status === 'Success' && hasKey, details.flat().join('; '));
};
