import type { Report } from '../../core/report.js';

/** The layout of a report for people. `columns` is the width of a line. */
export type Layout = { readonly columns: number; readonly colour: boolean };

/** Renders a report. Pure. Returns pieces, so that a large report is never completely in memory. */
export type Reporter = (report: Report, layout: Layout) => Iterable<string>;
