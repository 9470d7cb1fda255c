import { constants, createWriteStream, type Stats } from 'node:fs';
import { access, chmod, lstat, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '../core/errors.js';
import { filterReport } from '../core/filter.js';
import {
  type ExitCode,
  exitCodeOf,
  INTERRUPTED,
  nothingEvaluated,
  type Report,
  type ReportError,
} from '../core/report.js';
import { codeOf } from '../input/problem.js';
import type { ReportOptions } from './evaluation-options.js';
import { FILE_LAYOUT, REPORTERS } from './reporters/index.js';
import { comparisonRemarks, NOTHING_EVALUATED, unevaluatedTrails } from './reporters/sentences.js';
import { layoutFor, type Terminal, withInterrupt } from './terminal.js';

/** The messages of a command where there was no trail to evaluate. */
export type Words = { readonly noTrail: string; readonly nothingEvaluated: string };

/** What the end of a command depends on. `notes` are written to standard error and are not part of the report. */
export type FinishContext = {
  readonly terminal: Terminal;
  readonly notes: readonly string[];
  readonly words: Words;
};

/** Ends a command: writes the report, prints errors and remarks on standard error, and returns the exit code. */
export const finish = async (
  complete: Report,
  options: ReportOptions,
  { terminal, notes, words }: FinishContext,
): Promise<ExitCode> => {
  const report = filterReport(complete, options.filter);
  const writeErrors = await writeReport(report, options, terminal);
  const remarks = isReportVisible(options, terminal) ? [] : remarksOn(report, words);
  const limitNotes = usesSarif(options)
    ? (await import('./reporters/sarif.js')).resultLimitNotes(report)
    : [];
  const failed = new Set(writeErrors.map(({ source }) => source));
  const written = options.outputs
    .filter(({ file }) => !options.quiet && !failed.has(file))
    .map(({ format, file }) => `Wrote the ${format} report to ${file}.`);
  for (const remark of [...notes, ...limitNotes, ...remarks, ...written, ...writeErrors.map(errorLine)]) {
    terminal.stderr.write(`trailkey: ${remark}\n`);
  }
  return writeErrors.length > 0 ? 2 : exitCodeOf(complete, options.failOn, options);
};

const usesSarif = ({ format, outputs, quiet }: ReportOptions): boolean =>
  outputs.some((output) => output.format === 'sarif') || (format === 'sarif' && !quiet);

/** A text report on the terminal already contains the remarks. */
const isReportVisible = ({ format, quiet }: ReportOptions, { stdout }: Terminal): boolean =>
  format === 'text' && !quiet && stdout.isTTY === true;

const remarksOn = (report: Report, words: Words): readonly string[] => {
  const { errors, findings, notEvaluated, comparison, notes = [], waiverProblems = [] } = report;
  const isComplete = report.filter === undefined;
  const isEmpty = isComplete && findings.length + notEvaluated.length + errors.length === 0;
  return [
    ...notes,
    ...waiverProblems.map(({ message }) => message),
    ...errors.map(errorLine),
    ...(comparison ? comparisonRemarks(comparison) : []),
    ...unevaluatedTrails(report).map(({ sentence }) => sentence),
    ...(isComplete && nothingEvaluated(report)
      ? [errors.length > 0 ? NOTHING_EVALUATED : words.nothingEvaluated]
      : []),
    ...(isEmpty ? [words.noTrail] : []),
  ];
};

/** An interruption has no source besides the program, whose name is the start of each line. */
const errorLine = (error: ReportError): string =>
  error.source === INTERRUPTED.source ? error.message : `${error.source}: ${error.message}`;

/**
 * Writes a report to standard output and to each requested file. Returns an error for each file that could not be written; the others
 * are written.
 */
const writeReport = async (
  report: Report,
  { format, outputs, quiet, verbose }: ReportOptions,
  terminal: Terminal,
): Promise<readonly ReportError[]> => {
  const written = await withInterrupt(terminal, (signal) =>
    Promise.all(outputs.map((output) => writeFile(report, { ...output, verbose }, signal))),
  );
  if (!quiet) {
    const render = await REPORTERS[format]();
    for (const piece of render(report, { ...layoutFor(terminal), verbose })) terminal.stdout.write(piece);
  }
  return written.flat();
};

const writeFile = async (
  report: Report,
  { format, file, verbose }: ReportOptions['outputs'][number] & Pick<ReportOptions, 'verbose'>,
  signal: AbortSignal,
): Promise<readonly ReportError[]> => {
  const render = await REPORTERS[format]();
  try {
    await writeFileAtomically(file, render(report, { ...FILE_LAYOUT, verbose }), signal);
    return [];
  } catch (error) {
    return [{ source: file, message: `The ${format} report was not written. ${writeReasonOf(error)}` }];
  }
};

const writeReasonOf = (error: unknown): string => WRITE_REASONS.get(codeOf(error)) ?? messageOf(error);

const NO_FOLDER = 'Its folder does not exist. Create the folder, or use another path.';
const NO_PERMISSION = 'Access was denied. Check the permissions of the file and its folder.';
const WRITE_REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', NO_FOLDER],
  ['ENOTDIR', NO_FOLDER],
  ['EACCES', NO_PERMISSION],
  ['EPERM', NO_PERMISSION],
  ['EROFS', 'The file system is read-only. Use another path.'],
  ['EISDIR', 'The path is a folder. Use the path of a file.'],
  ['ENOSPC', 'The disk is full. Free space, or use another path.'],
]);

/**
 * Writes a file atomically: into a temporary file in the same folder, which then replaces it and gets its permissions. On an error, or if
 * the signal is aborted, the file stays as it was. A file that is not a regular file, such as a device or a pipe, is written directly.
 */
export const writeFileAtomically = async (
  file: string,
  pieces: Iterable<string>,
  signal?: AbortSignal,
): Promise<void> => {
  const before = await statOrNone(stat(file));
  const target = await targetOf(file, before);
  if (target === undefined) return write(file, pieces, signal);
  // A rename would replace a file without write permission.
  if (before) await access(target, constants.W_OK);
  const temporary = `${dirname(target)}/.trailkey-${crypto.randomUUID()}.tmp`;
  if (!(await createEmpty(temporary, before?.mode))) return write(file, pieces, signal);
  try {
    await write(temporary, pieces, signal);
    if (before) await chmod(temporary, before.mode & PERMISSIONS);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
};

const PERMISSIONS = 0o7777;

/** The regular file to replace, with links resolved; undefined if the path is not a regular file. */
const targetOf = async (file: string, before: Stats | undefined): Promise<string | undefined> => {
  if (before) return before.isFile() ? realpath(file) : undefined;
  // Writing through a link to a missing file creates the file.
  return (await statOrNone(lstat(file))) ? undefined : file;
};

/** Creates an empty file. Returns false where the folder does not allow it; an existing file in it can still be writable. */
const createEmpty = async (file: string, mode: number | undefined): Promise<boolean> => {
  try {
    await (await open(file, 'wx', mode ?? 0o666)).close();
    return true;
  } catch (error) {
    if (FOLDER_ERRORS.has(codeOf(error))) return false;
    throw error;
  }
};

/** With these errors, writing the file itself can succeed, or fails with a message that names the file. */
const FOLDER_ERRORS: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR']);

const write = (file: string, pieces: Iterable<string>, signal?: AbortSignal): Promise<void> =>
  pipeline(Readable.from(pieces), createWriteStream(file), { ...(signal && { signal }) });

const statOrNone = (stats: Promise<Stats>): Promise<Stats | undefined> =>
  stats.catch((error: unknown) => {
    if (MISSING.has(codeOf(error))) return undefined;
    throw error;
  });

const MISSING: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);
