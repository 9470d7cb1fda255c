import type { Reporter } from './types.js';

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

export type Format = keyof typeof REPORTERS;

/** Whether a text is the name of a format. */
const isFormat = (text: string): text is Format => Object.hasOwn(REPORTERS, text);

/** The names of all formats. */
export const FORMATS: readonly Format[] = Object.keys(REPORTERS).filter(isFormat);
