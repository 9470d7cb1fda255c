import { AccessDeniedError, ServiceFaultError } from '../../aws/errors.js';
import { type Identity, identityOf, openSession, ownAccount } from '../../aws/session.js';
import { ssmAutomations } from '../../aws/ssm.js';
import { parseArn } from '../../core/arn.js';
import { CredentialsError, isInterruption } from '../../core/errors.js';
import { evaluateTrail, type Finding } from '../../core/evaluate-trail.js';
import { cacheKeys } from '../../core/key.js';
import type { ExitCode } from '../../core/report.js';
import type { RuleParameters } from '../../core/rule-parameters.js';
import { type ObservedTrail, observedIn, type Trail } from '../../core/trail.js';
import type { Automations, LiveAccount } from '../../ports.js';
import { type RawLiveOptions, sessionOptionsIn } from '../command-options.js';
import { QUIET, traceOn } from '../scan-progress.js';
import { type Terminal, withInterrupt } from '../terminal.js';
import { UsageError } from '../usage-error.js';

/** The account in which trails are remediated, and the terminal of the command. */
export type RemediationContext = {
  readonly account: LiveAccount;
  readonly identity: Identity;
  /** Returns the SSM automations of a Region. */
  readonly automationsIn: (region: string) => Automations;
  readonly terminal: Terminal;
  /** The Region that the user specified, which distinguishes trails with the same name. */
  readonly region: string | undefined;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
};

/**
 * Runs work in the account of the caller's credentials.
 *
 * @throws UsageError if AWS rejects a call before an automation is started, or on Ctrl-C
 */
export const withAccount = async (
  terminal: Terminal,
  options: RawLiveOptions,
  work: (context: RemediationContext) => Promise<ExitCode>,
): Promise<ExitCode> => {
  const selected = sessionOptionsIn(options);
  try {
    return await withInterrupt(terminal, async (signal) => {
      const observer = options.debug ? traceOn(terminal) : QUIET;
      const session = await openSession({ ...selected, env: terminal.env, signal, observer });
      const identity = await identityOf(session);
      return work({
        account: ownAccount(session, identity),
        identity,
        automationsIn: ssmAutomations({ clients: session.clientsOf(identity.accountId), call: session.call }),
        terminal,
        region: selected.region,
        signal,
      });
    });
  } catch (error) {
    if (isInterruption(error)) throw new UsageError('Interrupted. Nothing was started.', { cause: error });
    if (isAwsError(error)) throw new UsageError(`Nothing was started: ${error.message}`, { cause: error });
    throw error;
  }
};

/** Returns whether an error is a response of AWS, or a failure to reach AWS. */
export const isAwsError = (error: unknown): error is Error =>
  error instanceof CredentialsError ||
  error instanceof AccessDeniedError ||
  error instanceof ServiceFaultError;

/**
 * Finds a trail by its name or ARN, as observed in its home Region. An organization trail of another account is found as well: CloudTrail
 * decides whether the account is a delegated administrator, which can change it.
 *
 * @throws UsageError if the account does not show the trail, or if several trails have the name
 */
export const findTrail = async (
  nameOrArn: string,
  { account, region: selected }: Pick<RemediationContext, 'account' | 'region'>,
): Promise<ObservedTrail> => {
  const arn = parseArn(nameOrArn) ? nameOrArn : await arnOf(nameOrArn, account, selected);
  const { region = '', accountId = '', service } = parseArn(arn) ?? {};
  if (service !== 'cloudtrail') {
    throw new UsageError(`TRAIL must be the name or ARN of a trail; received "${nameOrArn}".`);
  }
  const trail = (await account.trailsIn(region)).find((candidate) => candidate.arn === arn);
  if (accountId !== account.accountId && !trail?.isOrganizationTrail) {
    throw new UsageError(
      `Trail ${arn} belongs to account ${accountId}, and your credentials are for account ${account.accountId}. ` +
        `Use credentials for account ${accountId}.`,
    );
  }
  return trail === undefined
    ? failNotFound(arn)
    : observedIn({ accountId: account.accountId, region }, trail);
};

/** Returns every trail that the account owns, as observed in its home Region. */
export const findTrails = async (account: LiveAccount): Promise<readonly ObservedTrail[]> => {
  const own = (await account.listTrails()).filter(
    ({ ownerAccountId }) => ownerAccountId === account.accountId,
  );
  const observedTrails = await observedAtHome(
    own.map(({ homeRegion }) => homeRegion),
    account,
  );
  return observedTrails.filter(({ trail }) => trail.ownerAccountId === account.accountId);
};

/**
 * Reads trails again, with one call for each Region.
 *
 * @throws UsageError if a trail no longer exists
 */
export const readAgain = async (
  observedTrails: readonly ObservedTrail[],
  account: LiveAccount,
): Promise<readonly ObservedTrail[]> => {
  const regions = observedTrails.map(({ region }) => region);
  const current = await observedAtHome(regions, account);
  const byArn = new Map(current.map((observed) => [observed.trail.arn, observed]));
  return observedTrails.map(({ trail: { arn } }) => byArn.get(arn) ?? failNotFound(arn));
};

const observedAtHome = async (
  regions: readonly string[],
  account: LiveAccount,
): Promise<readonly ObservedTrail[]> => {
  const { accountId } = account;
  const observedTrails = await Promise.all(
    [...new Set(regions)].map(async (region) =>
      (await account.trailsIn(region))
        .filter((trail) => trail.homeRegion === region)
        .map((trail) => observedIn({ accountId, region }, trail)),
    ),
  );
  return observedTrails.flat();
};

const failNotFound = (arn: string): never => {
  throw new UsageError(`Trail ${arn} does not exist. To list the trails: aws cloudtrail list-trails`);
};

/** The ARN of the trail with a name: of several, the one whose home Region the user specified. */
const arnOf = async (name: string, account: LiveAccount, region: string | undefined): Promise<string> => {
  const trails = await account.listTrails();
  const named = trails.filter((trail) => trail.name === name);
  const inRegion = named.filter(({ homeRegion }) => homeRegion === region);
  const [first, ...others] = inRegion.length > 0 ? inRegion : named;
  if (first === undefined) {
    throw new UsageError(`Account ${account.accountId} has no trail "${name}". ${namesOf(trails)}`);
  }
  if (others.length > 0) {
    const arns = [first, ...others].map(({ arn }) => arn).join(', ');
    throw new UsageError(
      `${others.length + 1} trails have the name "${name}". Use the ARN of one of them, or --region: ${arns}.`,
    );
  }
  return first.arn;
};

const namesOf = (trails: readonly Trail[]): string =>
  trails.length === 0
    ? 'The account has no trails.'
    : `Its trails are ${trails.map(({ name }) => name).join(', ')}.`;

/**
 * Evaluates trails with the current state of their keys. An organization trail is evaluated in any account: it was specified by its ARN.
 *
 * @throws ServiceFaultError if a key cannot be looked up
 */
export const evaluateNow = async (
  observedTrails: readonly ObservedTrail[],
  ruleParameters: RuleParameters,
  { account, terminal }: Pick<RemediationContext, 'account' | 'terminal'>,
): Promise<readonly Finding[]> => {
  const parameters: RuleParameters = { ...ruleParameters, organizationTrails: 'everywhere' };
  const keys = cacheKeys(account.keys({ ...parameters, accountId: account.accountId }));
  const now = terminal.now();
  return Promise.all(observedTrails.map((observed) => evaluateTrail(observed, { keys, parameters, now })));
};
