import { type Format, REPORTERS } from '../../src/cli/reporters/index.js';
import type { Report } from '../../src/core/report.js';

/** A report as a format has it, without color. */
export const render = async (format: Format, report: Report, columns = 80): Promise<string> => {
  const reporter = await REPORTERS[format]();
  return [...reporter(report, { columns, color: false })].join('');
};
