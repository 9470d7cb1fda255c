import type { Report } from '../../core/report.js';
import type { Layout } from '../terminal.js';

/** Renders a report. Pure; gives pieces, so that a large report need not stand in memory whole. */
export type Reporter = (report: Report, layout: Layout) => Iterable<string>;

/** The formats, each with the loader of its reporter: one that is not asked for is not loaded. */
export const REPORTERS = {
  text: async (): Promise<Reporter> => (await import('./text.js')).renderText,
  json: async (): Promise<Reporter> => (await import('./json.js')).renderJson,
  html: async (): Promise<Reporter> => (await import('./html.js')).renderHtml,
} as const;

export type Format = keyof typeof REPORTERS;

/** Tells whether a text names a format. */
export const isFormat = (text: string): text is Format => Object.hasOwn(REPORTERS, text);

/** The names of all formats. */
export const FORMATS: readonly Format[] = Object.keys(REPORTERS).filter(isFormat);
