import process from 'node:process';
import { AccessDeniedError, ServiceFaultError } from '../aws/errors.js';
import { openSession } from '../aws/session.js';
import { isInterruption } from '../core/errors.js';
import { INTERRUPTED } from '../core/report.js';
import { DEFAULT_PARAMETERS } from '../core/rule-parameters.js';
import { type ScanOptions, type ScanResult, type ScanTarget, scanAccounts } from '../scan/scan-accounts.js';
import { QUIET, type ScanProgress } from './scan-progress.js';
import { accountsIn, sourceName } from './scan-targets.js';
import type { Terminal } from './terminal.js';

/** The environment of a scan, and who sees its progress. */
type ScanContext = { readonly env?: Terminal['env']; readonly progress?: ScanProgress };

/**
 * Evaluates the trails of live accounts. A part that fails is in the errors of the result, and so is an early end.
 *
 * @throws CredentialsError if there are no valid credentials or no Region
 */
export const scanLive = async (options: ScanOptions, context: ScanContext = {}): Promise<ScanResult> => {
  const { target = OWN_ACCOUNT, signal = new AbortController().signal } = options;
  const mode = target.kind === 'aggregator' ? 'aggregator' : 'live';
  const result = await scanTarget(target, { ...options, signal }, context).catch(failedScan);
  return { ...result, mode, errors: signal.aborted ? [...result.errors, INTERRUPTED] : result.errors };
};

const OWN_ACCOUNT: ScanTarget = { kind: 'account' };

const scanTarget = async (
  target: ScanTarget,
  { signal, regions, ...options }: ScanOptions & { readonly signal: AbortSignal },
  { env = process.env, progress = QUIET }: ScanContext,
): Promise<Omit<ScanResult, 'mode'>> => {
  const { parameters = DEFAULT_PARAMETERS, now = Date.now(), ...selected } = options;
  const settings = { parameters, now, regions };
  const session = await openSession({ ...selected, env, signal, observer: progress });
  if (target.kind === 'aggregator') {
    const { scanAggregator } = await import('./scan-aggregator.js');
    const scanned = await scanAggregator(target.aggregator, session, settings);
    return { ...scanned, sources: [sourceName(`aggregator ${target.aggregator}`, regions)], notes: [] };
  }
  const { accounts, ...found } = await accountsIn(target, session);
  progress.begin(accounts.length);
  const onAccountDone = progress.finishAccount;
  const scanned = await scanAccounts(accounts, { ...settings, signal, onAccountDone });
  return { ...scanned, ...found, sources: accounts.map(({ name }) => sourceName(name, regions)) };
};

/** The result of a scan that AWS refused as a whole states the reason. */
const failedScan = (error: unknown): Omit<ScanResult, 'mode'> => {
  const isRefused = error instanceof AccessDeniedError || error instanceof ServiceFaultError;
  if (!isRefused && !isInterruption(error)) throw error;
  return {
    observedTrails: [],
    findings: [],
    errors: isRefused && !isInterruption(error) ? [{ source: 'AWS', message: error.message }] : [],
    accountsWithoutTrail: [],
    sources: [],
    notes: [],
  };
};
