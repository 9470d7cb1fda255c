import { type Comparison, identityOf, isNonCompliant } from './comparison.js';
import type { Finding } from './evaluate-trail.js';
import { type Filter, isAtLeast, type Report, summarize } from './report.js';

/** Returns a report with only the findings that a filter shows, and a note on the others. Errors are always shown. */
export const filterReport = (report: Report, filter: Filter): Report => {
  const conditions = conditionsOf(filter);
  if (conditions.length === 0) return report;
  const { notes = [], comparison, ...rest } = report;
  const findings = report.findings.filter(shows(filter));
  const isInAccounts = ({ accountId }: { readonly accountId: string }) =>
    filter.accounts?.includes(accountId) ?? true;
  return {
    ...rest,
    summary: summarize(findings),
    notes: [...notes, noteOn(report.findings, findings, conditions)],
    filter,
    ...(comparison && { comparison: filterComparison(comparison, findings, isInAccounts) }),
    findings,
    notEvaluated: report.notEvaluated.filter(({ ownerAccountId }) =>
      isInAccounts({ accountId: ownerAccountId }),
    ),
  };
};

const shows =
  ({ severity, accounts }: Filter) =>
  (finding: Finding): boolean =>
    (severity === undefined || (isNonCompliant(finding) && isAtLeast(finding.severity, severity))) &&
    (accounts?.includes(finding.accountId) ?? true);

const conditionsOf = ({ severity, accounts }: Filter): readonly string[] => [
  ...(severity === undefined
    ? []
    : [`NON_COMPLIANT with the severity ${severity}${severity === 'HIGH' ? '' : ' or higher'}`]),
  ...(accounts === undefined ? [] : [`in account ${accounts.join(', ')}`]),
];

const noteOn = (
  all: readonly Finding[],
  shown: readonly Finding[],
  conditions: readonly string[],
): string => {
  const hidden = all.length - shown.length;
  const open = all.filter(isNonCompliant).length - shown.filter(isNonCompliant).length;
  return (
    `This report is filtered: it shows only findings that are ${conditions.join(' and ')}. ` +
    `Not shown: ${hidden} of ${all.length} findings, ${open} of them NON_COMPLIANT.`
  );
};

/** Trails that are NON_COMPLIANT now are listed if their findings are shown, the others if their accounts are. */
const filterComparison = (
  comparison: Comparison,
  findings: readonly Finding[],
  isInAccounts: (trail: { readonly accountId: string }) => boolean,
): Comparison => {
  const shown = new Set(findings.map(identityOf));
  const isShown = (trail: Parameters<typeof identityOf>[0]) => shown.has(identityOf(trail));
  return {
    ...comparison,
    new: comparison.new.filter(isShown),
    notEvaluatedBefore: comparison.notEvaluatedBefore.filter(isShown),
    changed: comparison.changed.filter(isShown),
    stillOpen: comparison.stillOpen.filter(isShown),
    fixed: comparison.fixed.filter(isInAccounts),
    notEvaluatedNow: comparison.notEvaluatedNow.filter(isInAccounts),
  };
};
