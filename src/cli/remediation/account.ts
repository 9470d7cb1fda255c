import { ssmAutomations } from '../../aws/automations.js';
import { AccessDeniedError, ServiceFaultError } from '../../aws/errors.js';
import { type Identity, identityOf, ownAccount } from '../../aws/identity.js';
import { openSession } from '../../aws/session.js';
import { parseArn } from '../../core/arn.js';
import { CredentialsError, isInterruption } from '../../core/errors.js';
import { evaluateTrail, type Finding } from '../../core/evaluate-trail.js';
import { cacheKeys } from '../../core/key.js';
import type { ExitCode } from '../../core/report.js';
import type { RuleParameters } from '../../core/rule-parameters.js';
import { type ObservedTrail, observedIn, type Trail } from '../../core/trail.js';
import type { Automations, LiveAccount } from '../../ports.js';
import { QUIET, traceOn } from '../progress.js';
import type { Terminal } from '../terminal.js';
import { UsageError } from '../usage-error.js';

/** What a repair is given. */
export type Surroundings = {
  readonly repair: RemediationAccount;
  readonly terminal: Terminal;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
};

/**
 * Does something in the account of whoever runs the command. What AWS refuses to tell ends it with a sentence and exit code 2.
 *
 * @throws UsageError where nothing could be asked at all
 */
export const withAccount = async (
  terminal: Terminal,
  debug: boolean,
  work: (surroundings: Surroundings) => Promise<ExitCode>,
): Promise<ExitCode> => {
  const interruption = new AbortController();
  const stopListening = terminal.onInterrupt(() => interruption.abort());
  const { signal } = interruption;
  try {
    return await work({
      repair: await openRemediationAccount(terminal, { debug, signal }),
      terminal,
      signal,
    });
  } catch (error) {
    if (isInterruption(error)) throw new UsageError('Interrupted: nothing was started.', { cause: error });
    if (isSaidByAws(error)) throw new UsageError(`Nothing was started: ${error.message}`, { cause: error });
    throw error;
  } finally {
    stopListening();
  }
};

/** Tells an answer of AWS, or its absence, from a fault of ours. */
export const isSaidByAws = (error: unknown): error is Error =>
  error instanceof CredentialsError ||
  error instanceof AccessDeniedError ||
  error instanceof ServiceFaultError;

/** The account in which trails are repaired: its trails and keys, and its automations by Region. */
export type RemediationAccount = {
  readonly account: LiveAccount;
  readonly identity: Identity;
  readonly automationsIn: (region: string) => Automations;
};

/**
 * Opens the account of whoever runs the command.
 *
 * @throws CredentialsError where there are no credentials, or AWS does not take them
 */
export const openRemediationAccount = async (
  terminal: Terminal,
  { debug, signal }: { readonly debug: boolean; readonly signal: AbortSignal },
): Promise<RemediationAccount> => {
  const watcher = debug ? traceOn(terminal) : QUIET;
  const session = await openSession({ env: terminal.env, signal, watcher });
  const identity = await identityOf(session);
  return {
    account: ownAccount(session, identity),
    identity,
    automationsIn: (region) => ssmAutomations(session, identity.accountId, region),
  };
};

/**
 * Finds a trail of the account by its name or ARN, as its home Region shows it.
 *
 * @throws UsageError where there is none, more than one, or it is another account's
 */
export const findTrail = async (nameOrArn: string, account: LiveAccount): Promise<ObservedTrail> => {
  const arn = parseArn(nameOrArn) ? nameOrArn : await arnOf(nameOrArn, account);
  const { region = '', accountId = '', service } = parseArn(arn) ?? {};
  if (service !== 'cloudtrail') {
    throw new UsageError(`TRAIL should be the name or the ARN of a trail and is "${nameOrArn}".`);
  }
  if (accountId !== account.accountId) {
    throw new UsageError(
      `Trail ${arn} belongs to account ${accountId}, which alone can change it. You are in account ${account.accountId}: use ` +
        `credentials of ${accountId}.`,
    );
  }
  const trail = (await account.seenFrom(region)).find((one) => one.arn === arn);
  return trail === undefined ? unknown(arn) : observedIn({ accountId, region }, trail);
};

/** Every trail that the account owns, as its home Region shows it. */
export const findTrails = async (account: LiveAccount): Promise<readonly ObservedTrail[]> => {
  const own = (await account.listed()).filter(({ ownerAccountId }) => ownerAccountId === account.accountId);
  return atHome(
    own.map(({ homeRegion }) => homeRegion),
    account,
  );
};

/**
 * Trails that were found before, as they are now. Each Region is asked once.
 *
 * @throws UsageError where one is gone
 */
export const findAgain = async (
  observedTrails: readonly ObservedTrail[],
  account: LiveAccount,
): Promise<readonly ObservedTrail[]> => {
  const regions = observedTrails.map(({ region }) => region);
  const now = new Map((await atHome(regions, account)).map((observed) => [observed.trail.arn, observed]));
  return observedTrails.map(({ trail: { arn } }) => now.get(arn) ?? unknown(arn));
};

/** The account's own trails in their home Regions, each of which is asked once. */
const atHome = async (
  regions: readonly string[],
  account: LiveAccount,
): Promise<readonly ObservedTrail[]> => {
  const { accountId } = account;
  const seen = await Promise.all(
    [...new Set(regions)].map(async (region) =>
      (await account.seenFrom(region))
        .filter((trail) => trail.homeRegion === region && trail.ownerAccountId === accountId)
        .map((trail) => observedIn({ accountId, region }, trail)),
    ),
  );
  return seen.flat();
};

const unknown = (arn: string): never => {
  throw new UsageError(`CloudTrail knows no trail ${arn}.`);
};

const arnOf = async (name: string, account: LiveAccount): Promise<string> => {
  const listed = await account.listed();
  const [first, ...others] = listed.filter((trail) => trail.name === name);
  if (first === undefined) {
    throw new UsageError(
      `CloudTrail lists no trail "${name}" in account ${account.accountId}. ${namesOf(listed)}`,
    );
  }
  if (others.length > 0) {
    const arns = [first, ...others].map(({ arn }) => arn).join(', ');
    throw new UsageError(`${others.length + 1} trails are named "${name}". Give the ARN of one: ${arns}.`);
  }
  return first.arn;
};

const namesOf = (trails: readonly Trail[]): string =>
  trails.length === 0 ? 'It has none.' : `Its trails are ${trails.map(({ name }) => name).join(', ')}.`;

/**
 * Judges trails as they are now.
 *
 * @throws where a key cannot be asked
 */
export const evaluateNow = async (
  observedTrails: readonly ObservedTrail[],
  account: LiveAccount,
  { parameters, now }: { readonly parameters: RuleParameters; readonly now: number },
): Promise<readonly Finding[]> => {
  const { checkKeyPolicy, requireKeyRotation: rotation } = parameters;
  const policy = checkKeyPolicy !== 'false';
  const keys = cacheKeys(account.keys({ policy, rotation, accountId: account.accountId }));
  return Promise.all(observedTrails.map((observed) => evaluateTrail(observed, { keys, parameters, now })));
};
