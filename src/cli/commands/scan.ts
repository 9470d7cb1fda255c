import { AccessDeniedError, ServiceFaultError } from '../../aws/errors.js';
import { openSession } from '../../aws/session.js';
import { CredentialsError, isInterruption } from '../../core/errors.js';
import { createReport, type ExitCode, type Recorded, type ReportError } from '../../core/report.js';
import { type Scanned, scanAccounts } from '../../scan/scan-accounts.js';
import { VERSION } from '../../version.js';
import { type EvaluationOptions, parseEvaluationOptions } from '../evaluation-options.js';
import { finish, type Words } from '../output.js';
import { QUIET, type ScanProgress, scanProgressOn, traceOn } from '../scan-progress.js';
import {
  accountsIn,
  parseRegions,
  parseScanTarget,
  type RawScanOptions,
  regionNotes,
  type ScanTarget,
  sourceName,
  suggestRegion,
  withoutTrail,
} from '../scan-targets.js';
import { type Terminal, withInterrupt } from '../terminal.js';
import { UsageError } from '../usage-error.js';

/**
 * Evaluates the trails of live accounts, and writes the report.
 *
 * @throws UsageError, RuleParametersError for an invalid command line, or if AWS rejects the credentials: no trail was evaluated
 */
export const scan = async (raw: RawScanOptions, terminal: Terminal): Promise<ExitCode> => {
  const options = await parseEvaluationOptions(raw, []);
  const target = parseScanTarget(raw);
  const regions = parseRegions(raw);
  const progress = progressFor(raw, options, terminal);
  const evaluatedAt = terminal.now();
  const { notes, errors, accountsWithoutTrail, ...scanned } = await withInterrupt(
    terminal,
    async (signal) => {
      const settings = { target, regions, parameters: options.parameters, evaluatedAt };
      const result = await scanTarget(settings, { env: terminal.env, progress, signal });
      return signal.aborted ? { ...result, errors: [...result.errors, INTERRUPTED] } : result;
    },
  ).finally(progress.clear);
  const absence = withoutTrail(accountsWithoutTrail, { regions, required: raw.requireTrail ?? false });
  const report = createReport({
    ...scanned,
    version: VERSION,
    mode: target.kind === 'aggregator' ? 'aggregator' : 'live',
    evaluatedAt,
    parameters: options.givenParameters,
    errors: [...errors.map((error) => suggestRegion(error, regions)), ...absence.errors],
    notes: [...regionNotes(regions), ...notes, ...absence.notes],
    earlier: options.earlier,
    waivers: options.waivers,
  });
  return finish(report, options, { terminal, notes: [], words: WORDS });
};

const INTERRUPTED: ReportError = {
  source: 'trailkey',
  message: 'Interrupted: the rest of the scan was not evaluated.',
};

const WORDS: Words = {
  noTrail: 'No CloudTrail trails were found.',
  nothingEvaluated:
    'No trail was evaluated: only shadow trails, organization trails of other accounts, or deleted trails were found. ' +
    'Scan their home Regions and owning accounts.',
};

const progressFor = (
  { debug }: RawScanOptions,
  { quiet }: EvaluationOptions,
  terminal: Terminal,
): ScanProgress => {
  if (debug) return traceOn(terminal);
  return quiet ? QUIET : scanProgressOn(terminal);
};

type ScanOptions = Pick<EvaluationOptions, 'parameters'> & {
  readonly target: ScanTarget;
  readonly regions: readonly string[] | undefined;
  readonly evaluatedAt: number;
};

type ScanContext = Pick<Terminal, 'env'> & {
  readonly progress: ScanProgress;
  readonly signal: AbortSignal;
};

type ScanResult = Scanned & {
  readonly recorded?: Recorded | undefined;
  readonly caller?: string;
  readonly accountNames?: ReadonlyMap<string, string>;
  readonly sources: readonly string[];
  readonly notes: readonly string[];
};

const scanTarget = async (
  { target, regions, parameters, evaluatedAt }: ScanOptions,
  { env, progress, signal }: ScanContext,
): Promise<ScanResult> => {
  const settings = { parameters, now: evaluatedAt, regions };
  try {
    const session = await openSession({ env, signal, observer: progress });
    if (target.kind === 'aggregator') {
      const { scanAggregator } = await import('../scan-aggregator.js');
      const scanned = await scanAggregator(target.aggregator, session, settings);
      return { ...scanned, sources: [sourceName(`aggregator ${target.aggregator}`, regions)], notes: [] };
    }
    const { accounts, ...found } = await accountsIn(target, session);
    progress.begin(accounts.length);
    const onAccountDone = progress.finishAccount;
    const scanned = await scanAccounts(accounts, { ...settings, signal, onAccountDone });
    return { ...scanned, ...found, sources: accounts.map(({ name }) => sourceName(name, regions)) };
  } catch (error) {
    return failedScan(error);
  }
};

const EMPTY: ScanResult = {
  observedTrails: [],
  findings: [],
  errors: [],
  accountsWithoutTrail: [],
  sources: [],
  notes: [],
};

/** The report of a scan that AWS refused as a whole states the reason. Without valid credentials, there is no report. */
const failedScan = (error: unknown): ScanResult => {
  if (isInterruption(error)) return EMPTY;
  if (error instanceof CredentialsError) throw new UsageError(error.message, { cause: error });
  if (error instanceof AccessDeniedError || error instanceof ServiceFaultError) {
    return { ...EMPTY, errors: [{ source: 'AWS', message: error.message }] };
  }
  throw error;
};
