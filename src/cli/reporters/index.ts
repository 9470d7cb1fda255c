import type { Report } from '../../core/report.js';
import type { Layout, Reporter } from './types.js';

/** The formats, each with a function that loads its reporter on demand. */
export const REPORTERS = {
  text: async (): Promise<Reporter> => (await import('./text.js')).renderText,
  json: async (): Promise<Reporter> => (await import('./json.js')).renderJson,
  csv: async (): Promise<Reporter> => (await import('./csv.js')).renderCsv,
  markdown: async (): Promise<Reporter> => (await import('./markdown.js')).renderMarkdown,
  html: async (): Promise<Reporter> => (await import('./html.js')).renderHtml,
  sarif: async (): Promise<Reporter> => (await import('./sarif.js')).renderSarif,
  junit: async (): Promise<Reporter> => (await import('./junit.js')).renderJunit,
  ocsf: async (): Promise<Reporter> => (await import('./ocsf.js')).renderOcsf,
  asff: async (): Promise<Reporter> => (await import('./asff.js')).renderAsff,
} as const;

/** The name of a format. */
export type Format = keyof typeof REPORTERS;

/** Whether a text is the name of a format. */
const isFormat = (text: string): text is Format => Object.hasOwn(REPORTERS, text);

/** The names of all formats. */
export const FORMATS: readonly Format[] = Object.keys(REPORTERS).filter(isFormat);

/** The layout of a report in a file. */
export const FILE_LAYOUT: Layout = { columns: 100, color: false };

/** Renders a report in pieces, so that a large report is never completely in memory. `writeFile` of Node.js takes the result as it is. */
export async function* renderReport(report: Report, format: Format): AsyncIterable<string> {
  const render = await REPORTERS[format]();
  yield* render(report, FILE_LAYOUT);
}
