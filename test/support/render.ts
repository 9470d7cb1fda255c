import { type Format, REPORTERS } from '../../src/cli/reporters/index.js';
import type { Layout } from '../../src/cli/reporters/types.js';
import type { Report } from '../../src/core/report.js';

/** A report as a format has it, without color. */
export const render = async (
  format: Format,
  report: Report,
  layout: number | Partial<Layout> = {},
): Promise<string> => {
  const reporter = await REPORTERS[format]();
  const given = typeof layout === 'number' ? { columns: layout } : layout;
  return [...reporter(report, { columns: 80, color: false, ...given })].join('');
};
