import {
  CancelKeyDeletionCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  KMSClient,
  PutKeyPolicyCommand,
  paginateListKeys,
  paginateListResourceTags,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { AccessDeniedError, codeOf } from '../../../src/aws/errors.js';
import { readPages, required } from '../../../src/aws/requests.js';
import { KEY_ROLES, KEY_TAG, type KeyRole, RUN_TAG } from '../names.js';
import { keyPolicy } from '../policies.js';
import { type Connection, sendTo } from './connection.js';

/** The shortest time after which KMS deletes a key. */
const DELETION_WINDOW_DAYS = 7;

/** The KMS keys of a run. */
export const keysIn = (connection: Connection) => {
  const kms = connection.clients(KMSClient, 'kms')(connection.region);
  const send = sendTo(connection);

  const stateOf = (KeyId: string): Promise<string | undefined> =>
    send('kms:DescribeKey', async (options) => {
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }), options);
      return required(KeyMetadata, 'KeyMetadata').KeyState;
    });

  const roleOf = async (KeyId: string, runId: string): Promise<KeyRole | undefined> => {
    const tags = await send('kms:ListResourceTags', (options) =>
      readPages(paginateListResourceTags({ client: kms }, { KeyId }, options), 'Tags'),
    ).catch((error: unknown) => {
      // A key whose policy denies access to its tags is not a key of a run.
      if (error instanceof AccessDeniedError) return [];
      throw error;
    });
    const tagValue = (key: string) => tags.find(({ TagKey }) => TagKey === key)?.TagValue;
    return tagValue(RUN_TAG) === runId ? KEY_ROLES.find((role) => role === tagValue(KEY_TAG)) : undefined;
  };

  return {
    stateOf,

    /** Creates a key that a trail can use. Its key material is rotated, in case the rule requires it. */
    create: async (role: KeyRole, runId: string, trailArn: string): Promise<string> => {
      const { KeyMetadata } = await send('kms:CreateKey', (options) =>
        kms.send(
          new CreateKeyCommand({
            Description: `Acceptance run ${runId} of Trailkey, ${role} key`,
            Policy: keyPolicy(true, trailArn, connection),
            Tags: [
              { TagKey: RUN_TAG, TagValue: runId },
              { TagKey: KEY_TAG, TagValue: role },
            ],
          }),
          options,
        ),
      );
      const KeyId = required(KeyMetadata?.Arn, 'KeyMetadata.Arn');
      await send('kms:EnableKeyRotation', (options) =>
        kms.send(new EnableKeyRotationCommand({ KeyId }), options),
      );
      return KeyId;
    },

    /** Returns the ARNs of all keys of a run, also of one whose creation returned no response. */
    list: async (runId: string): Promise<readonly { readonly arn: string; readonly role: KeyRole }[]> => {
      const keys = await send('kms:ListKeys', (options) =>
        readPages(paginateListKeys({ client: kms }, {}, options), 'Keys'),
      );
      const found = [];
      for (const { KeyArn: arn } of keys) {
        const role = arn === undefined ? undefined : await roleOf(arn, runId);
        if (arn !== undefined && role !== undefined) found.push({ arn, role });
      }
      return found;
    },

    /** Enables a key, also one that is pending deletion. */
    enable: async (KeyId: string): Promise<void> => {
      const state = await stateOf(KeyId);
      if (state === 'PendingDeletion') {
        await send('kms:CancelKeyDeletion', (options) =>
          kms.send(new CancelKeyDeletionCommand({ KeyId }), options),
        );
      }
      if (state === 'Enabled') return;
      await send('kms:EnableKey', (options) => kms.send(new EnableKeyCommand({ KeyId }), options));
    },

    disable: async (KeyId: string): Promise<void> => {
      await send('kms:DisableKey', (options) => kms.send(new DisableKeyCommand({ KeyId }), options));
    },

    /** Schedules a key for deletion, unless it already is. */
    scheduleDeletion: async (KeyId: string): Promise<void> => {
      if ((await stateOf(KeyId)) === 'PendingDeletion') return;
      const input = { KeyId, PendingWindowInDays: DELETION_WINDOW_DAYS };
      await send('kms:ScheduleKeyDeletion', (options) =>
        kms.send(new ScheduleKeyDeletionCommand(input), options),
      );
    },

    /** Sets the policy of a key. The account keeps all rights. */
    setPolicy: async (KeyId: string, allowsCloudTrail: boolean, trailArn: string): Promise<void> => {
      const Policy = keyPolicy(allowsCloudTrail, trailArn, connection);
      await send('kms:PutKeyPolicy', (options) =>
        kms.send(new PutKeyPolicyCommand({ KeyId, PolicyName: 'default', Policy }), options),
      );
    },

    /** Whether KMS has a key with an ID, ARN or alias. */
    exists: (KeyId: string): Promise<boolean> =>
      stateOf(KeyId).then(
        () => true,
        (error: unknown) => {
          if (codeOf(error) === 'NotFoundException') return false;
          throw error;
        },
      ),
  };
};
