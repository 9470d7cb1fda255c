import { codeOf } from '../../src/aws/errors.js';
import { runDocument, seenAutomation } from './automation.js';
import { observe } from './observations.js';
import {
  answer,
  changeAndWait,
  expectResult,
  keyArnOf,
  type Seen,
  type Stage,
  seenIf,
  seenResult,
  waitFor,
  waitUntilCleared,
} from './stage.js';

/** A step of a run. */
export type Step = {
  readonly id: string;
  readonly title: string;
  readonly expected: (stage: Stage) => string;
  /** Whether the following steps cannot run without it. */
  readonly isEssential?: boolean;
  /** Can run again after it was interrupted. */
  readonly run: (stage: Stage) => Promise<Seen>;
};

/** Policies take effect, and keys change their state, within minutes. */
const PROPAGATION = { seconds: 180, every: 10 };
const SETTLE_MS = 60_000;
/** CloudTrail delivers about every five minutes. */
const DELIVERY = { seconds: 1800, every: 30 };

/** The verdict for a key whose policy does not allow CloudTrail: the rule evaluates policies only if a parameter is set. */
const codeWithoutPolicy = ({ rule }: Stage): string =>
  rule.parameters.checkKeyPolicy === 'false' ? 'CMK_USABLE' : 'KEY_POLICY_BLOCKS_CLOUDTRAIL';

const createKeys = async ({ account, state }: Stage): Promise<Seen> => {
  const existing = await account.keys.list(state.runId);
  for (const role of ['first', 'second'] as const) {
    state.keys[role] =
      existing.find((key) => key.role === role)?.arn ??
      (await account.keys.create(role, state.runId, state.trailArn));
  }
  return seenIf(true, 'created');
};

/** The errors of CloudTrail until the policies of the bucket and the key take effect. */
const NOT_READY = [
  'InsufficientEncryptionPolicyException',
  'InsufficientS3BucketPolicyException',
  'KmsKeyNotFoundException',
  'S3BucketDoesNotExistException',
];

const createTrail = async (stage: Stage): Promise<Seen> => {
  const { account, state, shadowRegion } = stage;
  const { bucket } = state.names;
  const trail = { bucket, keyArn: keyArnOf(stage, 'first'), isMultiRegion: shadowRegion !== undefined };
  let reason: unknown;
  const created = await waitFor(stage, PROPAGATION, async () => {
    try {
      await account.trail.create(state.trailArn, trail, state.runId);
      return true;
    } catch (error) {
      if (!NOT_READY.includes(codeOf(error))) throw error;
      reason = error;
      return undefined;
    }
  });
  if (!created) throw reason;
  return seenIf(true, 'created');
};

const disableKey = async (stage: Stage): Promise<Seen> => {
  const awaited = await changeAndWait(stage, { code: 'KEY_DISABLED', key: 'first' }, () =>
    stage.account.keys.disable(keyArnOf(stage, 'first')),
  );
  const { result, wasStarted, seconds } = awaited;
  answer(
    stage,
    'key-trigger',
    result === undefined
      ? 'No: no result was seen, also after an evaluation was started.'
      : wasStarted
        ? 'Not seen: the result was reported only after an evaluation was started.'
        : `Yes: the result was reported ${seconds} s after DisableKey, without an evaluation being started.`,
  );
  return seenResult(stage, awaited);
};

const awaitDeliveryError = async (stage: Stage): Promise<Seen> => {
  const start = stage.now();
  const error = await waitFor(
    stage,
    DELIVERY,
    async () => (await stage.account.trail.delivery(stage.state.trailArn)).error,
  );
  const seconds = Math.round((stage.now() - start) / 1000);
  answer(
    stage,
    'delivery-error',
    error === undefined
      ? `No error was reported in ${seconds} s.`
      : `The error "${error}", ${seconds} s after the verdict KEY_DISABLED.`,
  );
  return seenIf(error !== undefined, error ?? 'no error in time');
};

const awaitDelivery = async (stage: Stage): Promise<Seen> => {
  const start = stage.now();
  const isCleared = await waitFor(stage, DELIVERY, async () =>
    (await stage.account.trail.delivery(stage.state.trailArn)).error === undefined ? true : undefined,
  );
  const seconds = Math.round((stage.now() - start) / 1000);
  answer(
    stage,
    'delivery-error',
    isCleared
      ? `It was cleared ${seconds} s after the automation that restored the key.`
      : `It was not cleared in the ${seconds} s after the automation that restored the key.`,
  );
  return seenIf(isCleared === true, isCleared ? 'no error' : 'still an error');
};

/** The errors by which CloudTrail refuses a key. */
const REFUSALS = [
  'InsufficientEncryptionPolicyException',
  'KmsException',
  'KmsKeyDisabledException',
  'KmsKeyNotFoundException',
];

const setSameKey = async (stage: Stage): Promise<Seen> => {
  try {
    await stage.account.trail.setKey(stage.state.trailArn, keyArnOf(stage, 'first'));
    answer(stage, 'same-key', 'No: UpdateTrail accepted the disabled key.');
    return seenIf(false, 'accepted');
  } catch (error) {
    const code = codeOf(error);
    if (!REFUSALS.includes(code)) throw error;
    answer(stage, 'same-key', `Yes: UpdateTrail failed with ${code}.`);
    return seenIf(true, `refused (${code})`);
  }
};

const restoreKey = async (stage: Stage): Promise<Seen> => {
  const key = keyArnOf(stage, 'first');
  const { state, rule, connection } = stage;
  const automation = await runDocument(stage, 'Trailkey-RestoreKey', {
    TrailName: state.names.trail,
    KeyArn: key,
    Approvers: connection.caller,
    ConfigRuleName: rule.name,
  });
  return seenAutomation(stage, automation, key);
};

const blockWithPolicy = async (stage: Stage): Promise<Seen> => {
  const { keys } = stage.account;
  const key = keyArnOf(stage, 'first');
  try {
    return await expectResult(stage, { code: codeWithoutPolicy(stage), key: 'first', isNewer: true }, () =>
      keys.setPolicy(key, false, stage.state.trailArn),
    );
  } finally {
    await keys.setPolicy(key, true, stage.state.trailArn);
    await stage.pause(SETTLE_MS, stage.signal);
  }
};

const useOtherKey = async (stage: Stage): Promise<Seen> => {
  const { trail } = stage.account;
  const setKey = (role: 'first' | 'second') => trail.setKey(stage.state.trailArn, keyArnOf(stage, role));
  try {
    return await expectResult(stage, { code: 'CMK_USABLE', key: 'second' }, () => setKey('second'));
  } finally {
    await setKey('first');
  }
};

const encrypt = async (stage: Stage, Mode: 'DryRun' | 'Apply'): Promise<Seen> => {
  const automation = await runDocument(stage, 'Trailkey-EncryptTrail', {
    TrailName: stage.state.names.trail,
    KmsKeyId: keyArnOf(stage, 'second'),
    Mode,
    ConfigRuleName: stage.rule.name,
  });
  return seenAutomation(stage, automation, keyArnOf(stage, Mode === 'DryRun' ? 'first' : 'second'));
};

const backOut = async (stage: Stage): Promise<Seen> => {
  const { account, state } = stage;
  const first = keyArnOf(stage, 'first');
  await account.keys.enable(first);
  await stage.pause(SETTLE_MS, stage.signal);
  const automation = await runDocument(stage, 'Trailkey-BackOut', {
    TrailArn: state.trailArn,
    ExpectedKmsKeyId: keyArnOf(stage, 'second'),
    PreviousKmsKeyId: first,
  });
  return seenAutomation(stage, automation, first);
};

/** Returns a step that makes a change and waits for a verdict. */
const verdictStep = (
  id: string,
  title: string,
  { code, key, change }: { code: string; key: 'first' | 'second'; change?: (stage: Stage) => Promise<void> },
): Step => ({
  id,
  title,
  expected: () => code,
  run: (stage) => expectResult(stage, { code, key }, change && (() => change(stage))),
});

/** The steps of a run, in their order. */
export const STEPS: readonly Step[] = [
  {
    id: 'bucket',
    title: 'Create a bucket',
    expected: () => 'created',
    isEssential: true,
    run: async ({ account, state }) => {
      await account.bucket.create(state.names.bucket, state.runId, state.trailArn);
      return seenIf(true, 'created');
    },
  },
  {
    id: 'keys',
    title: 'Create two keys',
    expected: () => 'created',
    isEssential: true,
    run: createKeys,
  },
  {
    id: 'trail',
    title: 'Create a trail with the first key',
    expected: () => 'created',
    isEssential: true,
    run: createTrail,
  },
  {
    id: 'events',
    title: 'Collect the compliance events of the rule',
    expected: () => 'created',
    run: async ({ account, rule, state }) => {
      await account.events.collect(rule.name, state.names, state.runId);
      return seenIf(true, 'created');
    },
  },
  verdictStep('usable', 'Wait for the first verdict', { code: 'CMK_USABLE', key: 'first' }),
  {
    id: 'delivered',
    title: 'Wait for a delivery',
    expected: () => 'delivered',
    run: async (stage) => {
      const at = await waitFor(
        stage,
        DELIVERY,
        async () => (await stage.account.trail.delivery(stage.state.trailArn)).deliveredAt,
      );
      return seenIf(at !== undefined, at === undefined ? 'no delivery in time' : 'delivered');
    },
  },
  { id: 'disabled', title: 'Disable the key', expected: () => 'KEY_DISABLED', run: disableKey },
  {
    id: 'delivery-error',
    title: 'Wait for a delivery error',
    expected: () => 'an error',
    run: awaitDeliveryError,
  },
  { id: 'same-key', title: 'Set the disabled key again', expected: () => 'refused', run: setSameKey },
  verdictStep('pending-deletion', 'Schedule the key for deletion', {
    code: 'KEY_PENDING_DELETION',
    key: 'first',
    change: (stage) => stage.account.keys.scheduleDeletion(keyArnOf(stage, 'first')),
  }),
  {
    id: 'compliance-events',
    title: 'Read the compliance events',
    expected: () => 'an event for KEY_DISABLED',
    run: observe.complianceEvents,
  },
  {
    id: 'restore-key',
    title: 'Run Trailkey-RestoreKey, and approve it',
    expected: () => 'Success',
    run: restoreKey,
  },
  verdictStep('restored', 'Wait for the verdict of the restored key', {
    code: 'CMK_USABLE',
    key: 'first',
    // If the document did not, so that the following steps start with a key that works.
    change: (stage) => stage.account.keys.enable(keyArnOf(stage, 'first')),
  }),
  {
    id: 'delivery-restored',
    title: 'Wait until the delivery error is cleared',
    expected: () => 'no error',
    run: awaitDelivery,
  },
  {
    id: 'policy',
    title: 'Remove CloudTrail from the key policy',
    expected: codeWithoutPolicy,
    run: blockWithPolicy,
  },
  { id: 'other-key', title: 'Set the second key', expected: () => 'CMK_USABLE', run: useOtherKey },
  verdictStep('disabled-again', 'Disable the first key', {
    code: 'KEY_DISABLED',
    key: 'first',
    change: (stage) => stage.account.keys.disable(keyArnOf(stage, 'first')),
  }),
  {
    id: 'button',
    title: 'Press Remediate in AWS Config',
    expected: () => 'a dry run that changes nothing',
    run: observe.button,
  },
  {
    id: 'dry-run',
    title: 'Run Trailkey-EncryptTrail as a dry run',
    expected: () => 'Success',
    run: (stage) => encrypt(stage, 'DryRun'),
  },
  {
    id: 'apply',
    title: 'Run Trailkey-EncryptTrail with the second key',
    expected: () => 'Success',
    run: (stage) => encrypt(stage, 'Apply'),
  },
  verdictStep('applied', 'Wait for the verdict with the second key', { code: 'CMK_USABLE', key: 'second' }),
  {
    id: 'back-out',
    title: 'Enable the first key, and run Trailkey-BackOut',
    expected: () => 'Success',
    run: backOut,
  },
  verdictStep('backed-out', 'Wait for the verdict with the first key', { code: 'CMK_USABLE', key: 'first' }),
  {
    id: 'ids',
    title: 'Read the IDs of trails in AWS Config',
    expected: () => 'the trail, with its name as ID',
    run: observe.ids,
  },
  {
    id: 'documents',
    title: 'Read the documents',
    expected: () => 'all Active, the newest version is the default',
    run: observe.documents,
  },
  {
    id: 'deleted',
    title: 'Delete the trail',
    expected: () => 'no result',
    run: async (stage) => {
      await stage.account.trail.remove(stage.state.trailArn, stage.state.runId);
      const isCleared = await waitUntilCleared(stage);
      return seenIf(isCleared, isCleared ? 'no result' : 'still a result');
    },
  },
];
