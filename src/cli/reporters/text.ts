import type { ComparedTrail, Comparison } from '../../core/comparison.js';
import type { Finding } from '../../core/evaluate-trail.js';
import type { Report } from '../../core/report.js';
import { CATALOGUE, isEvaluated } from '../../core/verdict.js';
import { sanitize } from '../terminal.js';
import { bySeverity, count, countIn, type Group } from './findings.js';
import { type Page, pageFor, widthOf } from './page.js';
import {
  comparisonRemarks,
  conclusionOf,
  NOT_EVALUATED_STEP,
  renderRecorded,
  whyNotEvaluated,
} from './sentences.js';
import type { Reporter } from './types.js';

/** The report for people: a table of trails, grouped by verdict, the worst first, with the next step for each kind. */
export const renderText: Reporter = function* (report, layout) {
  const page = pageFor(layout);
  const widths = columnWidths(report.findings);
  yield* page.paragraph(headline(report));
  yield* renderRecorded(report, page);
  for (const note of report.notes ?? []) yield* page.paragraph(sanitize(note));
  for (const group of bySeverity(report.findings)) yield* renderGroup(group, { page, widths });
  if (report.comparison) yield* renderComparison(report.comparison, page);
  yield* renderNotEvaluated(report, page);
  yield* renderErrors(report, page);
  yield* page.line(closing(report), { style: 'bold' });
  yield* page.paragraph(nextOf(report));
};

type Table = { readonly page: Page; readonly widths: readonly number[] };

function* renderGroup(group: Group, { page, widths }: Table): Iterable<string> {
  const { rank, code, findings } = group;
  yield* page.line(`${page.paint(rank, styleOf(rank))}  ${page.paint(code, 'bold')}  ${countIn(group)}`);
  for (const finding of findings) {
    yield* page.row(cellsOf(finding), widths);
    if (isEvaluated(finding)) yield* page.line(sanitize(factsOf(finding)), { indent: 4, style: 'dim' });
  }
  yield* page.paragraph(`Next: ${CATALOGUE[code].nextStep}`, { indent: 2 });
}

const styleOf = (rank: Group['rank']) => {
  if (rank === 'HIGH') return 'red';
  if (rank === 'COMPLIANT') return 'green';
  return rank === 'NOT_APPLICABLE' ? 'dim' : 'yellow';
};

const cellsOf = (finding: Finding): readonly string[] =>
  [finding.accountId, finding.region, finding.trailName + originOf(finding)].map(sanitize);

/** Where a trail that is only seen here is judged. */
const originOf = ({ code, homeRegion, trailArn }: Finding): string => {
  if (code === 'SHADOW_TRAIL') return ` (home Region ${homeRegion})`;
  return code === 'ORGANIZATION_TRAIL' ? ` (account ${trailArn.split(':')[4]})` : '';
};

/** Account and Region; the trail takes the rest of the line. */
const columnWidths = (findings: readonly Finding[]): readonly number[] => {
  const widest = (lengths: readonly number[]) => lengths.reduce((a, b) => Math.max(a, b), 0);
  const rows = findings.map(cellsOf);
  return [0, 1].map((column) => widest(rows.map((cells) => widthOf(cells[column] ?? ''))));
};

/** The message; with its own next step where the findings of a code differ in it. */
const factsOf = ({ message, nextStep, code, unchecked }: Finding): string =>
  code === 'KEY_UNVERIFIABLE' || unchecked?.includes('policy') ? `${message} ${nextStep}` : message;

const headline = (report: Report): string => {
  const { summary, findings } = report;
  if (findings.length === 0) return conclusionOf(report);
  const accounts = new Set(findings.map(({ accountId }) => accountId));
  return (
    `${count(findings.length, 'finding')} in ${count(accounts.size, 'account')}: ${summary.NON_COMPLIANT} NON_COMPLIANT, ` +
    `${summary.COMPLIANT} COMPLIANT, ${summary.NOT_APPLICABLE} NOT_APPLICABLE.`
  );
};

function* renderNotEvaluated(report: Report, page: Page): Iterable<string> {
  const { notEvaluated } = report;
  if (notEvaluated.length === 0) return;
  yield* page.line(
    `${page.paint('NOT JUDGED', 'yellow')}  ${count(notEvaluated.length, 'trail')} ${whyNotEvaluated(report)}`,
  );
  for (const { trailArn } of notEvaluated) yield* page.line(sanitize(trailArn), { indent: 2 });
  yield* page.paragraph(`Next: ${NOT_EVALUATED_STEP}`, { indent: 2 });
}

function* renderErrors({ errors }: Report, page: Page): Iterable<string> {
  if (errors.length === 0) return;
  yield* page.line(
    `${page.paint('ERRORS', 'red')}  ${count(errors.length, 'problem')}: this report is not the whole truth`,
  );
  for (const { source, message } of errors) {
    yield* page.line(`${sanitize(source)}: ${sanitize(message)}`, { indent: 2 });
  }
  yield* page.paragraph('');
}

const closing = (report: Report): string => {
  const { findings, notEvaluated, errors } = report;
  // That no trail was found is said at the top already.
  const isEmpty = findings.length + notEvaluated.length + errors.length === 0;
  return isEmpty ? 'There is nothing to judge.' : conclusionOf(report);
};

/** The one line to do next, where there is something to do. */
const nextOf = ({ findings, summary, errors, notEvaluated }: Report): string => {
  const [worst] = bySeverity(findings);
  if (worst && summary.NON_COMPLIANT > 0) return `Next: trailkey explain ${worst.code}`;
  if (errors.length > 0) return 'Next: mend what is named under ERRORS, and run again.';
  return notEvaluated.length > 0 ? 'Next: judge these trails in their accounts and home Regions.' : '';
};

/** The fates of trails, what has come first, and what each is called. */
const STATUSES = [
  ['new', 'New'],
  ['notEvaluatedBefore', 'Not judged last time'],
  ['changed', 'Changed'],
  ['stillOpen', 'Still open'],
  ['fixed', 'Fixed'],
  ['notEvaluatedNow', 'Not judged this time'],
] as const;

/** What became of the findings of an earlier report, as text. */
export function* renderComparison(comparison: Comparison, page: Page): Iterable<string> {
  // Most earlier reports left no trail notEvaluated.
  const shown = STATUSES.filter(([fate]) => fate !== 'notEvaluatedBefore' || comparison[fate].length > 0);
  const counts = shown.map(([fate, title]) => `${comparison[fate].length} ${title.toLowerCase()}`);
  yield* page.line(`${page.paint('SINCE', 'bold')}  ${sanitize(comparison.since)}: ${counts.join(', ')}`);
  for (const remark of comparisonRemarks(comparison)) yield* page.line(sanitize(remark), { indent: 2 });
  for (const [fate, title] of STATUSES) {
    for (const trail of comparison[fate]) yield* page.line(`${title}: ${lineFor(trail)}`, { indent: 2 });
  }
  yield '\n';
}

const lineFor = ({ accountId, region, trailName, codeBefore, codeNow, worse }: ComparedTrail): string => {
  const codes = [codeBefore, codeNow].filter(
    (code, index, all) => code !== null && all.indexOf(code) === index,
  );
  return sanitize(`${accountId} ${region} ${trailName} (${codes.join(', now ')}${worse ? ', worse' : ''})`);
};
