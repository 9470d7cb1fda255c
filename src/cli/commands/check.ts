import { createReport, type ExitCode, INTERRUPTED, type Report } from '../../core/report.js';
import { evaluateInventory } from '../../input/evaluate-inventory.js';
import { type InputContents, readInput, type UnusedFiles } from '../../input/read-input.js';
import { VERSION } from '../../version.js';
import {
  type EvaluationOptions,
  parseEvaluationOptions,
  type RawEvaluationOptions,
} from '../evaluation-options.js';
import { finish, type Words } from '../output.js';
import { progressOn } from '../progress.js';
import { type Terminal, withInterrupt } from '../terminal.js';

/** The options of `trailkey check`, as commander returns them. */
export type RawCheckOptions = RawEvaluationOptions & {
  readonly keys?: readonly string[];
};

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
  const inputs = { paths, keyPaths: raw.keys ?? [], verbose: options.verbose };
  const { report, notes } = await evaluateFiles(inputs, options, terminal);
  return finish(report, options, { terminal, notes, words: WORDS });
};

const WORDS: Words = {
  noTrail: 'The input contains no CloudTrail trails.',
  nothingEvaluated:
    'No trail was evaluated: the input contains only shadow trails, organization trails of other accounts, or deleted trails. ' +
    'Add the AWS Config data of their home Regions and owning accounts.',
};

type Inputs = {
  readonly paths: readonly string[];
  readonly keyPaths: readonly string[];
  /** Whether the report names all files that were not used. */
  readonly verbose: boolean;
};
type Evaluated = { readonly report: Report; readonly notes: readonly string[] };

const evaluateFiles = async (
  inputs: Inputs,
  options: EvaluationOptions,
  terminal: Terminal,
): Promise<Evaluated> => {
  const evaluatedAt = terminal.now();
  const { inventory, problems, hasParameters, notes, unused, interrupted } = await loadFiles(inputs, {
    terminal,
    now: evaluatedAt,
  });
  const { parameters, givenParameters } = options;
  const { observedTrails, findings, conflicts, recorded } = evaluateInventory(inventory, {
    parameters,
    now: evaluatedAt,
  });
  const report = createReport({
    version: VERSION,
    mode: 'offline',
    sources: [...inputs.paths, ...inputs.keyPaths],
    evaluatedAt,
    parameters: givenParameters,
    observedTrails,
    findings,
    errors: interrupted ? [...problems, INTERRUPTED] : problems,
    notes: [...conflicts, ...notes, ...unused.map((files) => unusedNote(files, inputs))],
    recorded,
    earlier: options.earlier,
    waivers: options.waivers,
  });
  return { report, notes: hasParameters ? [PARAMETERS_IGNORED] : [] };
};

const PARAMETERS_IGNORED = 'Rule parameters in rule events are ignored. Set them with --param.';

const MAX_NAMED_FILES = 5;

const unusedNote = ({ folder, reason, paths }: UnusedFiles, { verbose }: Inputs): string => {
  const named = verbose ? paths : paths.slice(0, MAX_NAMED_FILES);
  const others = paths.length - named.length;
  const list = `${named.join(', ')}${others > 0 ? ` and ${others} more (list them with --verbose)` : ''}`;
  const files = `${paths.length} ${paths.length === 1 ? 'file' : 'files'} in ${folder}`;
  return reason === 'not-recognized'
    ? `Trailkey recognized no data in ${files}: ${list}.`
    : `Trailkey did not read ${files}, because only .json, .jsonl, .ndjson, .yaml, .yml and .template files are read: ${list}.`;
};

const loadFiles = async (
  inputs: Inputs,
  { terminal, now }: { readonly terminal: Terminal; readonly now: number },
): Promise<InputContents & { readonly interrupted: boolean }> =>
  withInterrupt(terminal, async (signal) => {
    const progress = progressOn(terminal);
    const contents = await readInput({ ...inputs, standardInput: terminal.stdin, signal, progress, now });
    progress.clear();
    return { ...contents, interrupted: signal.aborted };
  });
