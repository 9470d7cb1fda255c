import { type ExitCode, exitCodeOf, nothingWasJudged } from '../../core/exit-code.js';
import { type Report, type ReportError, reportOf } from '../../core/report.js';
import { judgeTrails } from '../../evaluate.js';
import { load } from '../../snapshot/load.js';
import { recordedKeys } from '../../snapshot/recorded-keys.js';
import { VERSION } from '../../version.js';
import { harmless } from '../harmless.js';
import { type JudgingOptions, parseJudgingOptions, type RawJudgingOptions } from '../judging-options.js';
import type { Terminal } from '../terminal.js';
import { writeReport } from '../write-report.js';

/**
 * Judges trails offline, by what files hold.
 *
 * @throws UsageError, RuleParametersError where the command line is wrong: nothing was read then
 */
export const check = async (
  paths: readonly string[],
  raw: RawJudgingOptions,
  terminal: Terminal,
): Promise<ExitCode> => {
  const options = await parseJudgingOptions(raw);
  const report = await judgeFiles(paths, options, terminal);
  const unwritten = await writeReport(report, options, terminal);
  for (const remark of [...remarksOn(report, options, terminal), ...unwritten.map(sentenceOf)]) {
    terminal.stderr.write(`trailkey: ${harmless(remark)}\n`);
  }
  return unwritten.length > 0 ? 2 : exitCodeOf(report, options.failOn);
};

const judgeFiles = async (
  paths: readonly string[],
  { parameters, givenParameters }: JudgingOptions,
  terminal: Terminal,
): Promise<Report> => {
  const { inventory, problems } = await load(paths);
  const sightings = [...inventory.trails.values()].map(({ entry }) => entry);
  const evaluatedAt = terminal.now();
  const findings = await judgeTrails(sightings, {
    keys: recordedKeys(inventory),
    parameters,
    now: evaluatedAt,
  });
  return reportOf({
    version: VERSION,
    sources: paths,
    evaluatedAt,
    parameters: givenParameters,
    sightings,
    findings,
    errors: problems,
  });
};

/** What is said on standard error; a text report on the same terminal says it already. */
const remarksOn = (
  report: Report,
  { format, quiet }: JudgingOptions,
  { stdout }: Terminal,
): readonly string[] => {
  if (format === 'text' && !quiet && stdout.isTTY) return [];
  const remarks = report.errors.map(sentenceOf);
  if (nothingWasJudged(report)) {
    remarks.push(
      'Nothing was judged: every trail was seen from elsewhere. Add the snapshots of their homes.',
    );
  }
  if (report.findings.length === 0 && report.errors.length === 0)
    remarks.push('There is no CloudTrail trail in the input.');
  return remarks;
};

const sentenceOf = ({ source, message }: ReportError): string => `${source}: ${message}`;
