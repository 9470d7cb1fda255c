import { type ExitCode, exitCodeOf, nothingWasJudged } from '../core/exit-code.js';
import type { Report, ReportError } from '../core/report.js';
import { notesOnCodeScanning } from './code-scanning.js';
import { harmless } from './harmless.js';
import type { JudgingOptions } from './judging-options.js';
import { comparisonRemarks } from './reporters/comparison-remarks.js';
import { NOTHING_JUDGED } from './reporters/conclusion.js';
import type { Terminal } from './terminal.js';
import { writeReport } from './write-report.js';

/** What a command says where there was nothing to judge, and why. */
export type Words = { readonly noTrail: string; readonly nothingJudged: string };

/** Where a command ends: `notes` are said on standard error, and are none of the report's. */
export type End = { readonly terminal: Terminal; readonly notes: readonly string[]; readonly words: Words };

/** Ends a judging command: writes its report, says on standard error what went wrong, and gives the exit code. */
export const finish = async (
  report: Report,
  options: JudgingOptions,
  { terminal, notes, words }: End,
): Promise<ExitCode> => {
  const unwritten = await writeReport(report, options, terminal);
  const remarks = isSaid(options, terminal) ? [] : remarksOn(report, words);
  const tooMany = notesOnCodeScanning(report.findings.length, options);
  for (const remark of [...notes, ...tooMany, ...remarks, ...unwritten.map(sentenceOf)]) {
    terminal.stderr.write(`trailkey: ${harmless(remark)}\n`);
  }
  return unwritten.length > 0 ? 2 : exitCodeOf(report, options.failOn);
};

/** A text report on the same terminal says all of it already. */
const isSaid = ({ format, quiet }: JudgingOptions, { stdout }: Terminal): boolean =>
  format === 'text' && !quiet && stdout.isTTY === true;

const remarksOn = (report: Report, { noTrail, nothingJudged }: Words): readonly string[] => {
  const { errors, findings, unjudged, comparison, notes = [] } = report;
  const isEmpty = findings.length + unjudged.length + errors.length === 0;
  return [
    ...notes,
    ...errors.map(sentenceOf),
    ...(comparison ? comparisonRemarks(comparison) : []),
    ...(nothingWasJudged(report) ? [errors.length > 0 ? NOTHING_JUDGED : nothingJudged] : []),
    ...(isEmpty ? [noTrail] : []),
  ];
};

const sentenceOf = ({ source, message }: ReportError): string => `${source}: ${message}`;
