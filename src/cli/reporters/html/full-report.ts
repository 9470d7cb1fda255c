import type { Report } from '../../../core/report.js';

/** A report with what only some have: a comparison with an earlier one, and the time span of facts that were recorded. */
export type FullReport = Report & {
  readonly comparison?: Comparison;
  readonly recorded?: { readonly oldest: string; readonly newest: string };
};

/** What has become of the non-compliant trails of an earlier report. */
export type Comparison = {
  readonly since: string;
  readonly new: readonly ComparedTrail[];
  readonly changed: readonly ComparedTrail[];
  readonly stillOpen: readonly ComparedTrail[];
  readonly fixed: readonly ComparedTrail[];
  readonly notSeen: readonly ComparedTrail[];
};

/** A trail that is non-compliant in one of two reports, or in both. */
export type ComparedTrail = {
  readonly accountId: string;
  readonly region: string;
  readonly trailName: string;
  readonly codeBefore: string | null;
  readonly codeNow: string | null;
  readonly worse: boolean;
};
