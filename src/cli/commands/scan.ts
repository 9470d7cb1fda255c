import { CredentialsError } from '../../core/errors.js';
import { createReport, type ExitCode } from '../../core/report.js';
import { VERSION } from '../../version.js';
import { sessionOptionsIn } from '../command-options.js';
import { parseEvaluationOptions } from '../evaluation-options.js';
import { scanLive } from '../live-scan.js';
import { finish, type Words } from '../output.js';
import { scanProgressOn, traceOn } from '../scan-progress.js';
import {
  parseRegions,
  parseScanTarget,
  type RawScanOptions,
  regionNotes,
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
  const session = sessionOptionsIn(raw);
  const progress = raw.debug ? traceOn(terminal) : scanProgressOn(terminal);
  const evaluatedAt = terminal.now();
  const { parameters } = options;
  const { notes, errors, accountsWithoutTrail, ...scanned } = await withInterrupt(terminal, (signal) =>
    scanLive(
      { ...session, target, regions, parameters, now: evaluatedAt, signal },
      { env: terminal.env, progress },
    ),
  )
    .catch((error: unknown) => {
      throw error instanceof CredentialsError ? new UsageError(error.message, { cause: error }) : error;
    })
    .finally(progress.clear);
  const absence = withoutTrail(accountsWithoutTrail, { regions, required: raw.requireTrail ?? false });
  const report = createReport({
    ...scanned,
    version: VERSION,
    evaluatedAt,
    parameters: options.givenParameters,
    errors: [...errors.map((error) => suggestRegion(error, regions)), ...absence.errors],
    notes: [...regionNotes(regions), ...notes, ...absence.notes],
    earlier: options.earlier,
    waivers: options.waivers,
  });
  return finish(report, options, { terminal, notes: [], words: WORDS });
};

const WORDS: Words = {
  noTrail: 'No CloudTrail trails were found.',
  nothingEvaluated:
    'No trail was evaluated: only shadow trails, organization trails of other accounts, or deleted trails were found. ' +
    'Scan their home Regions and owning accounts.',
};
