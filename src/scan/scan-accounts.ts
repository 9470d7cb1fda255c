import { concurrently } from '../core/concurrently.js';
import { CredentialsError, isInterruption } from '../core/errors.js';
import type { AccountToScan } from '../ports.js';
import { type Scanned, type ScanSettings, scanAccount } from './scan-account.js';

/** A scan of several accounts, and who is told how it goes. */
export type ScanRun = ScanSettings & {
  /** Ends the scan early; what was judged until then counts. */
  readonly signal: AbortSignal;
  readonly onAccountDone: () => void;
};

/** An account waits for AWS most of the time. What CloudTrail and AWS STS accept of one caller is far more. */
const ACCOUNTS_AT_ONCE = 32;
const NOTHING: Scanned = { sightings: [], findings: [], errors: [] };

/**
 * Scans accounts, several at once. One that fails does not hide the others.
 *
 * @throws CredentialsError where no account can be opened
 */
export const scanAccounts = async (
  accounts: readonly AccountToScan[],
  { signal, onAccountDone, ...settings }: ScanRun,
): Promise<Scanned> => {
  const outcomes = await concurrently(accounts, ACCOUNTS_AT_ONCE, async (account) => {
    if (signal.aborted) return NOTHING;
    const outcome = await openAndScan(account, settings);
    if (!signal.aborted) onAccountDone();
    return outcome;
  });
  return {
    sightings: outcomes.flatMap(({ sightings }) => sightings),
    findings: outcomes.flatMap(({ findings }) => findings),
    errors: outcomes.flatMap(({ errors }) => errors),
  };
};

const openAndScan = async ({ name, open }: AccountToScan, settings: ScanSettings): Promise<Scanned> => {
  try {
    return await scanAccount(await open(), settings);
  } catch (error) {
    // Without credentials no account can be opened: that is not said of each.
    if (error instanceof CredentialsError) throw error;
    if (isInterruption(error)) return NOTHING;
    return { ...NOTHING, errors: [{ source: name, message: messageOf(error) }] };
  }
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
