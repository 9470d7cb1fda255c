import type { Report } from '../../core/report.js';

/**
 * The layout of a report for people. `columns` is the width of a line; `program` starts Trailkey, `trailkey` where it is absent; with
 * `verbose`, the text report also lists the findings that are not NON_COMPLIANT.
 */
export type Layout = {
  readonly columns: number;
  readonly color: boolean;
  readonly program?: string;
  readonly verbose?: boolean;
};

/** Renders a report. Pure. Returns pieces, so that a large report is never completely in memory. */
export type Reporter = (report: Report, layout: Layout) => Iterable<string>;
