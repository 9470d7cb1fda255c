import { evaluateTrails } from '../../core/evaluate-trail.js';
import { createReport, type ExitCode, type Report, type ReportError } from '../../core/report.js';
import { keySourceOf, recordedPeriod } from '../../input/inventory.js';
import { type InputContents, readInput } from '../../input/read-input.js';
import { VERSION } from '../../version.js';
import {
  type EvaluationOptions,
  parseEvaluationOptions,
  type RawEvaluationOptions,
} from '../evaluation-options.js';
import { finish, type Words } from '../output.js';
import { progressOn, SILENT } from '../progress.js';
import type { Terminal } from '../terminal.js';

/** The options of `trailkey check`, as the command line has them. */
export type RawCheckOptions = RawEvaluationOptions & { readonly keys?: readonly string[] };

/**
 * Judges trails offline, by what files hold.
 *
 * @throws UsageError, RuleParametersError where the command line is wrong: nothing was read then
 */
export const check = async (
  paths: readonly string[],
  raw: RawCheckOptions,
  terminal: Terminal,
): Promise<ExitCode> => {
  const options = await parseEvaluationOptions(raw, [...paths, ...(raw.keys ?? [])]);
  const { report, notes } = await evaluateFiles({ paths, keyPaths: raw.keys ?? [] }, options, terminal);
  return finish(report, options, { terminal, notes, words: WORDS });
};

const WORDS: Words = {
  noTrail: 'There is no CloudTrail trail in the input.',
  nothingEvaluated:
    'Nothing was judged: every trail was seen from elsewhere. Add the snapshots of their homes.',
};

type Inputs = { readonly paths: readonly string[]; readonly keyPaths: readonly string[] };
type Judged = { readonly report: Report; readonly notes: readonly string[] };

const evaluateFiles = async (
  inputs: Inputs,
  options: EvaluationOptions,
  terminal: Terminal,
): Promise<Judged> => {
  const { inventory, problems, hasParameters, interrupted } = await loadFiles(inputs, options, terminal);
  const observedTrails = [...inventory.trails.values()].map(({ entry }) => entry);
  const evaluatedAt = terminal.now();
  const { parameters, givenParameters } = options;
  const findings = await evaluateTrails(observedTrails, {
    keys: keySourceOf(inventory),
    parameters,
    now: evaluatedAt,
  });
  const report = createReport({
    version: VERSION,
    sources: [...inputs.paths, ...inputs.keyPaths],
    evaluatedAt,
    parameters: givenParameters,
    observedTrails,
    findings,
    errors: interrupted ? [...problems, INTERRUPTED] : problems,
    recorded: recordedPeriod({ observedTrails, findings }, inventory),
    earlier: options.earlier,
  });
  return { report, notes: hasParameters ? [PARAMETERS_IGNORED] : [] };
};

const INTERRUPTED: ReportError = {
  source: 'trailkey',
  message: 'Interrupted: what was not read until then is not judged.',
};
const PARAMETERS_IGNORED = 'The rule parameters inside a rule event are ignored: give them with --param.';

const loadFiles = async (
  inputs: Inputs,
  { quiet }: EvaluationOptions,
  terminal: Terminal,
): Promise<InputContents & { readonly interrupted: boolean }> => {
  const interruption = new AbortController();
  const stopListening = terminal.onInterrupt(() => interruption.abort());
  const progress = quiet ? SILENT : progressOn(terminal);
  const { stdin: standardInput } = terminal;
  const loaded = await readInput({ ...inputs, standardInput, signal: interruption.signal, progress });
  progress.clear();
  stopListening();
  return { ...loaded, interrupted: interruption.signal.aborted };
};
