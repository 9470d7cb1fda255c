import { messageOf } from '../../src/core/errors.js';
import type { DocumentName } from '../../src/core/remediation.js';
import type { ObservedTrail } from '../../src/core/trail.js';
import { answer, currentResult, keyArnOf, type Seen, type Stage, seenIf, waitFor } from './stage.js';

const EVENTS = { seconds: 600, every: 30 };
const REMEDIATION = { seconds: 1800, every: 15 };
/** The clock of this machine can differ from that of AWS. */
const CLOCK_SKEW_MS = 60_000;
const RECORD = { seconds: 900, every: 30 };

const complianceEvents = async (stage: Stage): Promise<Seen> => {
  const { account, state } = stage;
  const wasReported = (id: string) =>
    state.results.some((result) => result.id === id && result.outcome === 'as expected');
  if (!wasReported('events')) return { outcome: 'skipped', seen: 'no events were collected' };
  const ids = [state.names.trail, state.trailArn];
  const eventFor = (code: string) =>
    waitFor(stage, EVENTS, async () =>
      (await account.events.verdicts(state.names, ids)).includes(code) ? true : undefined,
    );
  const hasFirst = (await eventFor('KEY_DISABLED')) ?? false;
  if (hasFirst && wasReported('pending-deletion')) {
    const hasSecond = await eventFor('KEY_PENDING_DELETION');
    answer(
      stage,
      'compliance-events',
      hasSecond
        ? 'Yes: an event was sent for the change from KEY_DISABLED to KEY_PENDING_DELETION.'
        : `No event was seen in ${EVENTS.seconds} s for the change from KEY_DISABLED to KEY_PENDING_DELETION.`,
    );
  }
  return seenIf(hasFirst, hasFirst ? 'an event for KEY_DISABLED' : 'no event in time');
};

const button = async (stage: Stage): Promise<Seen> => {
  const { account, rule, state } = stage;
  if (rule.button?.mode !== 'DryRun') {
    const reason = rule.button === undefined ? 'the rule has no remediation' : 'the button changes trails';
    return { outcome: 'skipped', seen: reason };
  }
  const { state: end, error } = await pressButton(stage);
  const isUnchanged = (await account.trail.keyOf(state.trailArn)) === keyArnOf(stage, 'first');
  const hasKey = rule.button.key !== undefined && (await account.keys.exists(rule.button.key));
  const details = [
    end,
    isUnchanged ? 'nothing was changed' : 'the key of the trail was changed',
    hasKey ? [] : 'the key of the button does not exist',
    error ?? [],
  ];
  // Without the key, the dry run fails and contains the reason.
  return seenIf(isUnchanged && end === (hasKey ? 'SUCCEEDED' : 'FAILED'), details.flat().join('; '));
};

/** Starts the remediation, waits until it ends, and finds the execution that it started. */
const pressButton = async (stage: Stage) => {
  const { account, rule, state } = stage;
  const resourceId = (await currentResult(stage))?.resourceId ?? state.names.trail;
  const pressedAt = stage.now();
  await account.rule.remediate(rule.name, resourceId).catch((error: unknown) => {
    answer(stage, 'button', `AWS Config did not start it: ${messageOf(error)}`);
    throw error;
  });
  const ended = (await waitFor(stage, REMEDIATION, async () => {
    const status = await account.rule.remediationState(rule.name, resourceId);
    return ['SUCCEEDED', 'FAILED'].includes(status.state) ? status : undefined;
  })) ?? { state: 'no end in time', error: undefined };
  const execution = await account.documents.latest('Trailkey-EncryptTrail', ({ startedAt = 0, outputs }) => {
    return startedAt > pressedAt - CLOCK_SKEW_MS && outputs['Assess.TrailArn'] === state.trailArn;
  });
  answer(
    stage,
    'button',
    execution === undefined
      ? `No execution was found. The remediation: ${ended.state}. ${ended.error ?? ''}`
      : `The execution was started by ${starterOf(stage, execution.startedBy)}.`,
  );
  return ended;
};

const starterOf = ({ connection }: Stage, startedBy: string | undefined): string => {
  if (startedBy === connection.caller) return 'the identity of the person who pressed the button';
  if (startedBy?.includes('AWSServiceRoleForConfigRemediation')) {
    return "AWS Config's service-linked role AWSServiceRoleForConfigRemediation";
  }
  return startedBy ?? 'an identity that the execution does not contain';
};

const ids = async (stage: Stage): Promise<Seen> => {
  const { account, state, connection, shadowRegion } = stage;
  const recorded = [...(await account.rule.recordedTrails())];
  if (shadowRegion !== undefined) {
    const shadow = await waitFor(stage, RECORD, async () => {
      const trails = await account.rule.recordedTrails(shadowRegion);
      return trails.some(({ trail }) => trail.arn === state.trailArn) ? trails : undefined;
    });
    recorded.push(...(shadow ?? []));
  }
  answer(stage, 'ids', describeIds(recorded, connection.accountId));

  const shown = await account.trail.shown();
  const others = shown.filter(({ ownerAccountId }) => ownerAccountId !== connection.accountId);
  const listed = new Set((await account.trail.listed()).map(({ arn }) => arn));
  answer(
    stage,
    'list-trails',
    others.length === 0
      ? 'Not answered: this account has no organization trail of another account.'
      : `DescribeTrails returned ${others.length}, and ListTrails ${others.filter(({ arn }) => listed.has(arn)).length} of them.`,
  );
  const own = recorded.find(
    ({ trail, region }) => trail.arn === state.trailArn && region === connection.region,
  );
  return seenIf(
    own?.resourceId === state.names.trail,
    own === undefined ? 'the trail is not recorded' : `the trail, with its ${formOf(own)} as ID`,
  );
};

const formOf = ({ resourceId, trail }: ObservedTrail): string => {
  if (resourceId === trail.arn) return 'ARN';
  return resourceId === trail.name ? 'name' : 'another ID';
};

const describeIds = (recorded: readonly ObservedTrail[], accountId: string): string => {
  const isOther = ({ trail }: ObservedTrail) => trail.ownerAccountId !== accountId;
  const isShadow = ({ trail, region }: ObservedTrail) => trail.homeRegion !== region;
  const kinds = {
    'Organization trails of another account': recorded.filter(isOther),
    'Own organization trails': recorded.filter((one) => !isOther(one) && one.trail.isOrganizationTrail),
    'Shadow trails': recorded.filter((one) => !isOther(one) && isShadow(one)),
    'Other trails': recorded.filter(
      (one) => !(isOther(one) || isShadow(one) || one.trail.isOrganizationTrail),
    ),
  };
  return Object.entries(kinds)
    .map(([kind, trails]) => {
      const forms = [...new Set(trails.map(formOf))].toSorted();
      return `${kind}: ${forms.length === 0 ? 'none in this account' : forms.join(' and ')}.`;
    })
    .join(' ');
};

const DOCUMENTS = [
  'Trailkey-EncryptTrail',
  'Trailkey-RestoreKey',
  'Trailkey-BackOut',
] as const satisfies readonly DocumentName[];

const documents = async (stage: Stage): Promise<Seen> => {
  const { account, state } = stage;
  const read = await Promise.all(
    DOCUMENTS.map(async (name) => ({
      name,
      ...(await account.documents.content(name)),
      versions: await account.documents.versions(name),
    })),
  );
  const ran = state.results.some(({ id, outcome }) => id === 'apply' && outcome === 'as expected');
  for (const { name, status, numbers, versions } of read) {
    answer(
      stage,
      'numbers',
      `${name} is ${status}: ${numbers.asStrings} of its ${numbers.total} numbers are strings.`,
    );
    answer(
      stage,
      'default-version',
      versions.count === 1
        ? `${name} has one version. Update the stack with a changed document, and run again.`
        : `${name} has ${versions.count} versions, and the newest is ${versions.isNewestDefault ? '' : 'not '}the default.`,
    );
  }
  answer(stage, 'numbers', ran ? 'The document ran.' : 'The document did not run to its end.');
  const isActive = read.every(({ status }) => status === 'Active');
  const isNewest = read.every(({ versions }) => versions.isNewestDefault);
  return seenIf(
    isActive && isNewest,
    [
      isActive ? 'all Active' : 'not all Active',
      isNewest ? 'the newest version is the default' : 'an older version is the default',
    ].join(', '),
  );
};

/** The steps that answer questions about the deployment. */
export const observe = { complianceEvents, button, ids, documents };
