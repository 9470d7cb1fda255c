import {
  createReport,
  type ExitCode,
  evaluateForReport,
  type Report,
  type ReportError,
} from '../../core/report.js';
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
import { type Terminal, withInterrupt } from '../terminal.js';

/** The options of `trailkey check`, as commander returns them. */
export type RawCheckOptions = RawEvaluationOptions & { readonly keys?: readonly string[] };

/**
 * Evaluates trails offline, from files, and writes the report.
 *
 * @throws UsageError, RuleParametersError for an invalid command line, before any file is read
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
  noTrail: 'The input contains no CloudTrail trails.',
  nothingEvaluated:
    'No trail was evaluated: the input contains only shadow trails, organization trails of other accounts, or deleted trails. ' +
    'Add the AWS Config data of their home Regions and owning accounts.',
};

type Inputs = { readonly paths: readonly string[]; readonly keyPaths: readonly string[] };
type Evaluated = { readonly report: Report; readonly notes: readonly string[] };

const evaluateFiles = async (
  inputs: Inputs,
  options: EvaluationOptions,
  terminal: Terminal,
): Promise<Evaluated> => {
  const { inventory, problems, hasParameters, interrupted } = await loadFiles(inputs, options, terminal);
  const observedTrails = [...inventory.trails.values()].map(({ entry }) => entry);
  const evaluatedAt = terminal.now();
  const { parameters, givenParameters } = options;
  const { findings, errors } = await evaluateForReport(observedTrails, {
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
    errors: [...problems, ...errors, ...(interrupted ? [INTERRUPTED] : [])],
    recorded: recordedPeriod({ observedTrails, findings }, inventory),
    earlier: options.earlier,
  });
  return { report, notes: hasParameters ? [PARAMETERS_IGNORED] : [] };
};

const INTERRUPTED: ReportError = {
  source: 'trailkey',
  message: 'Interrupted: the rest of the input was not evaluated.',
};
const PARAMETERS_IGNORED = 'Rule parameters in rule events are ignored. Set them with --param.';

const loadFiles = async (
  inputs: Inputs,
  { quiet }: EvaluationOptions,
  terminal: Terminal,
): Promise<InputContents & { readonly interrupted: boolean }> =>
  withInterrupt(terminal, async (signal) => {
    const progress = quiet ? SILENT : progressOn(terminal);
    const contents = await readInput({ ...inputs, standardInput: terminal.stdin, signal, progress });
    progress.clear();
    return { ...contents, interrupted: signal.aborted };
  });
