import { setMaxListeners } from 'node:events';
import { AccessDeniedError, ServiceFaultError } from '../../aws/errors.js';
import { openSession } from '../../aws/session.js';
import { CredentialsError, isInterruption } from '../../core/errors.js';
import { createReport, type ExitCode, type Recorded, type ReportError } from '../../core/report.js';
import { type Scanned, scanAccounts } from '../../scan/scan-accounts.js';
import { VERSION } from '../../version.js';
import { type EvaluationOptions, parseEvaluationOptions } from '../evaluation-options.js';
import { finish, type Words } from '../output.js';
import { QUIET, type ScanProgress, scanProgressOn, traceOn } from '../progress.js';
import {
  accountsIn,
  notesOnRegions,
  parseRegions,
  parseScanTarget,
  type RawScanOptions,
  type ScanTarget,
  sourceIn,
} from '../scan-targets.js';
import type { Terminal } from '../terminal.js';
import { UsageError } from '../usage-error.js';

/**
 * Judges the trails of live accounts.
 *
 * @throws UsageError, RuleParametersError where the command line is wrong or AWS takes no credentials: nothing was judged then
 */
export const scan = async (raw: RawScanOptions, terminal: Terminal): Promise<ExitCode> => {
  const options = await parseEvaluationOptions(raw, []);
  const order = { target: parseScanTarget(raw), regions: parseRegions(raw) };
  const progress = progressFor(raw, options, terminal);
  const interruption = new AbortController();
  // Each request under way listens, and there are many at once.
  setMaxListeners(0, interruption.signal);
  const stopListening = terminal.onInterrupt(() => interruption.abort());
  const evaluatedAt = terminal.now();
  const { signal } = interruption;
  const result = await scanTarget(order, { options, terminal, progress, signal, evaluatedAt })
    .catch((error: unknown) => {
      // What is still under way would keep the command from ending.
      interruption.abort();
      throw error;
    })
    .finally(() => {
      progress.clear();
      stopListening();
    });
  const { observedTrails, findings, recorded, sources } = result;
  const errors = signal.aborted ? [...result.errors, INTERRUPTED] : result.errors;
  const report = createReport({
    version: VERSION,
    sources,
    evaluatedAt,
    parameters: options.givenParameters,
    observedTrails,
    findings,
    errors,
    notes: [...notesOnRegions(order.regions), ...result.notes],
    recorded,
    earlier: options.earlier,
  });
  return finish(report, options, { terminal, notes: [], words: WORDS });
};

const INTERRUPTED: ReportError = {
  source: 'trailkey',
  message: 'Interrupted: what was not asked until then is not judged.',
};

const WORDS: Words = {
  noTrail: 'There is no CloudTrail trail here.',
  nothingEvaluated:
    'Nothing was judged: every trail was seen from elsewhere. Scan the accounts that own them.',
};

const progressFor = (
  { debug }: RawScanOptions,
  { quiet }: EvaluationOptions,
  terminal: Terminal,
): ScanProgress => {
  if (debug) return traceOn(terminal);
  return quiet ? QUIET : scanProgressOn(terminal);
};

type Order = { readonly target: ScanTarget; readonly regions: readonly string[] | undefined };
type Means = {
  readonly options: EvaluationOptions;
  readonly terminal: Terminal;
  readonly progress: ScanProgress;
  readonly signal: AbortSignal;
  readonly evaluatedAt: number;
};
type Result = Scanned & {
  readonly recorded?: Recorded | undefined;
  readonly sources: readonly string[];
  readonly notes: readonly string[];
};

const NOTHING: Result = { observedTrails: [], findings: [], errors: [], sources: [], notes: [] };

const scanTarget = async ({ target, regions }: Order, means: Means): Promise<Result> => {
  const { options, terminal, progress, signal, evaluatedAt: now } = means;
  const settings = { parameters: options.parameters, now, regions };
  try {
    const session = await openSession({ env: terminal.env, signal, observer: progress });
    if (target.kind === 'aggregator') {
      const { scanAggregator } = await import('../scan-aggregator.js');
      const found = await scanAggregator(target.aggregator, session, settings);
      return { ...found, sources: [sourceIn(`aggregator ${target.aggregator}`, regions)], notes: [] };
    }
    const { accounts, notes } = await accountsIn(target, session);
    progress.begin(accounts.length);
    const onAccountDone = progress.finishAccount;
    const found = await scanAccounts(accounts, { ...settings, signal, onAccountDone });
    return { ...found, sources: accounts.map(({ name }) => sourceIn(name, regions)), notes };
  } catch (error) {
    if (isInterruption(error)) return NOTHING;
    return answerTo(error);
  }
};

/** Where nothing could be asked at all the report says why; without credentials there is nothing to report. */
const answerTo = (error: unknown): Result => {
  if (error instanceof CredentialsError) throw new UsageError(error.message, { cause: error });
  if (error instanceof AccessDeniedError || error instanceof ServiceFaultError) {
    return { ...NOTHING, errors: [{ source: 'AWS', message: error.message }] };
  }
  throw error;
};
