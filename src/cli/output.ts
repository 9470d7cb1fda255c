import { constants, createWriteStream, type Stats } from 'node:fs';
import { access, chmod, lstat, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '../core/errors.js';
import {
  type ExitCode,
  exitCodeOf,
  nothingEvaluated,
  type Report,
  type ReportError,
} from '../core/report.js';
import { codeOf } from '../input/problem.js';
import type { EvaluationOptions } from './evaluation-options.js';
import { REPORTERS } from './reporters/index.js';
import { comparisonRemarks, NOTHING_EVALUATED } from './reporters/sentences.js';
import { layoutFor, sanitize, type Terminal } from './terminal.js';

/** What a command says where there was nothing to judge, and why. */
export type Words = { readonly noTrail: string; readonly nothingEvaluated: string };

/** Where a command ends: `notes` are said on standard error, and are none of the report's. */
export type End = { readonly terminal: Terminal; readonly notes: readonly string[]; readonly words: Words };

/** Ends a judging command: writes its report, says on standard error what went wrong, and gives the exit code. */
export const finish = async (
  report: Report,
  options: EvaluationOptions,
  { terminal, notes, words }: End,
): Promise<ExitCode> => {
  const unwritten = await writeReport(report, options, terminal);
  const remarks = isSaid(options, terminal) ? [] : remarksOn(report, words);
  const tooMany = usesSarif(options) ? (await import('./reporters/sarif.js')).resultLimitNotes(report) : [];
  for (const remark of [...notes, ...tooMany, ...remarks, ...unwritten.map(sentenceOf)]) {
    terminal.stderr.write(`trailkey: ${sanitize(remark)}\n`);
  }
  return unwritten.length > 0 ? 2 : exitCodeOf(report, options.failOn);
};

const usesSarif = ({ format, outputs, quiet }: EvaluationOptions): boolean =>
  outputs.some((output) => output.format === 'sarif') || (format === 'sarif' && !quiet);

/** A text report on the same terminal says all of it already. */
const isSaid = ({ format, quiet }: EvaluationOptions, { stdout }: Terminal): boolean =>
  format === 'text' && !quiet && stdout.isTTY === true;

const remarksOn = (report: Report, words: Words): readonly string[] => {
  const { errors, findings, notEvaluated, comparison, notes = [] } = report;
  const isEmpty = findings.length + notEvaluated.length + errors.length === 0;
  return [
    ...notes,
    ...errors.map(sentenceOf),
    ...(comparison ? comparisonRemarks(comparison) : []),
    ...(nothingEvaluated(report) ? [errors.length > 0 ? NOTHING_EVALUATED : words.nothingEvaluated] : []),
    ...(isEmpty ? [words.noTrail] : []),
  ];
};

const sentenceOf = ({ source, message }: ReportError): string => `${source}: ${message}`;

/** In files reports for people are laid out for a page, without colour. */
const FILE_LAYOUT = { columns: 100, colour: false };

/**
 * Writes a report to standard output, and to each file that was asked for. Gives an error for each file that could not be
 * written: the others are.
 */
export const writeReport = async (
  report: Report,
  { format, outputs, quiet }: EvaluationOptions,
  terminal: Terminal,
): Promise<readonly ReportError[]> => {
  const written = await Promise.all(outputs.map((output) => writeFile(report, output)));
  if (!quiet) {
    const render = await REPORTERS[format]();
    for (const piece of render(report, layoutFor(terminal))) terminal.stdout.write(piece);
  }
  return written.flat();
};

const writeFile = async (
  report: Report,
  { format, file }: EvaluationOptions['outputs'][number],
): Promise<readonly ReportError[]> => {
  const render = await REPORTERS[format]();
  try {
    await writeFileWhole(file, render(report, FILE_LAYOUT));
    return [];
  } catch (error) {
    return [{ source: file, message: `The ${format} report was not written: ${messageOf(error)}` }];
  }
};

/**
 * Writes a file so that it is there whole or, where something goes wrong, as it was before: into a file beside it, which then takes
 * its place with the permissions that it had. What is no plain file, such as a device or a pipe, is written as it is.
 */
export const writeFileWhole = async (file: string, pieces: Iterable<string>): Promise<void> => {
  const before = await statOrNone(stat(file));
  const target = await targetOf(file, before);
  if (target === undefined) return write(file, pieces);
  // A file that may not be written is not replaced either.
  if (before) await access(target, constants.W_OK);
  const beside = `${dirname(target)}/.trailkey-${crypto.randomUUID()}.tmp`;
  if (!(await make(beside, before?.mode))) return write(file, pieces);
  try {
    await write(beside, pieces);
    if (before) await chmod(beside, before.mode & PERMISSIONS);
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
};

const PERMISSIONS = 0o7777;

/** The plain file that is to be replaced, behind any links; undefined for what is none. */
const targetOf = async (file: string, before: Stats | undefined): Promise<string | undefined> => {
  if (before) return before.isFile() ? realpath(file) : undefined;
  // A link to what is not there yet leads to the right place by itself.
  return (await statOrNone(lstat(file))) ? undefined : file;
};

/** Makes an empty file; false where its folder takes none, though the file that is to be written may lie in it. */
const make = async (file: string, mode: number | undefined): Promise<boolean> => {
  try {
    await (await open(file, 'wx', mode ?? 0o666)).close();
    return true;
  } catch (error) {
    if (REFUSALS.has(codeOf(error))) return false;
    throw error;
  }
};

/** With these, writing the file itself may succeed, or fails with a message that names it. */
const REFUSALS: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR']);

const write = (file: string, pieces: Iterable<string>): Promise<void> =>
  pipeline(Readable.from(pieces), createWriteStream(file));

const statOrNone = (found: Promise<Stats>): Promise<Stats | undefined> =>
  found.catch((error: unknown) => {
    if (NOT_THERE.has(codeOf(error))) return undefined;
    throw error;
  });

const NOT_THERE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);
