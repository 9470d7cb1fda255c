import type { Report, ReportError } from '../core/report.js';
import type { JudgingOptions } from './judging-options.js';
import { REPORTERS } from './reporters/reporter.js';
import { layoutFor, type Terminal } from './terminal.js';
import { writeFileWhole } from './write-file.js';

/** In files reports for people are laid out for a page, without colour. */
const FILE_LAYOUT = { columns: 100, colour: false };

/**
 * Writes a report to standard output, and to each file that was asked for. Gives an error for each file that could not be
 * written: the others are.
 */
export const writeReport = async (
  report: Report,
  { format, outputs, quiet }: JudgingOptions,
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
  { format, file }: JudgingOptions['outputs'][number],
): Promise<readonly ReportError[]> => {
  const render = await REPORTERS[format]();
  try {
    await writeFileWhole(file, render(report, FILE_LAYOUT));
    return [];
  } catch (error) {
    return [{ source: file, message: `The ${format} report was not written: ${messageOf(error)}` }];
  }
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
