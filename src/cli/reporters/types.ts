import type { Report } from '../../core/report.js';

/** How a report for people is laid out. `columns` is the width of a line. */
export type Layout = { readonly columns: number; readonly colour: boolean };

/** Renders a report. Pure; returns pieces, so that a large report is never in memory as a whole. */
export type Reporter = (report: Report, layout: Layout) => Iterable<string>;
