import type { ComparedTrail, Comparison } from '../../core/comparison.js';
import type { Finding } from '../../core/evaluate-trail.js';
import type { Report } from '../../core/report.js';
import { isEvaluated, type VerdictCode } from '../../core/verdict.js';
import { sanitize } from '../terminal.js';
import { bySeverity, count, countIn, type Group, sharedStepOf } from './findings.js';
import { type Page, pageFor, widthOf } from './page.js';
import {
  ageOfData,
  comparisonRemarks,
  conclusionOf,
  countChanges,
  countCompliances,
  DIFF_STATUSES,
  unevaluatedTrails,
} from './sentences.js';
import type { Reporter } from './types.js';

/** The report for the terminal: trails grouped by verdict, highest severity first, with the next step of each group. */
export const renderText: Reporter = function* (report, layout) {
  const page = pageFor(layout);
  const widths = columnWidths(report.findings);
  yield* page.paragraph(headline(report));
  yield* page.paragraph(ageOfData(report) ?? '');
  for (const note of report.notes ?? []) yield* page.paragraph(sanitize(note));
  const groups = bySeverity(report.findings);
  for (const group of groups) yield* renderGroup(group, { page, widths });
  if (report.comparison) yield* renderComparison(report.comparison, page);
  yield* renderNotEvaluated(report, page);
  yield* renderErrors(report, page);
  yield* page.line(closing(report), { style: 'bold' });
  yield* page.paragraph(nextStepOf(report, groups[0]?.code, layout.program));
};

type Table = { readonly page: Page; readonly widths: readonly number[] };

function* renderGroup(group: Group, { page, widths }: Table): Iterable<string> {
  const { rank, code, findings } = group;
  const sharedStep = sharedStepOf(group);
  yield* page.line(`${page.paint(rank, styleOf(rank))}  ${page.paint(code, 'bold')}  ${countIn(group)}`);
  for (const finding of findings) {
    yield* page.row(cellsOf(finding), widths);
    if (!isEvaluated(finding)) continue;
    const { message, nextStep } = finding;
    const text = sharedStep === undefined ? `${message} ${nextStep}` : message;
    yield* page.line(sanitize(text), { indent: 4, style: 'dim' });
  }
  yield* sharedStep === undefined ? ['\n'] : page.paragraph(`Next: ${sharedStep}`, { indent: 2 });
}

const styleOf = (rank: Group['rank']) => {
  if (rank === 'HIGH') return 'red';
  if (rank === 'COMPLIANT') return 'green';
  return rank === 'NOT_APPLICABLE' ? 'dim' : 'yellow';
};

const cellsOf = (finding: Finding): readonly string[] =>
  [finding.accountId, finding.region, finding.trailName + originOf(finding)].map(sanitize);

/** Where a shadow trail or an organization trail is evaluated. */
const originOf = ({ code, homeRegion, trailArn }: Finding): string => {
  if (code === 'SHADOW_TRAIL') return ` (home Region ${homeRegion})`;
  return code === 'ORGANIZATION_TRAIL' ? ` (account ${trailArn.split(':')[4]})` : '';
};

/** Account and Region; the trail takes the rest of the line. */
const columnWidths = (findings: readonly Finding[]): readonly number[] => {
  const widest = (lengths: readonly number[]) => lengths.reduce((a, b) => Math.max(a, b), 0);
  const widthsOf = (field: 'accountId' | 'region') =>
    findings.map((finding) => widthOf(sanitize(finding[field])));
  return [widest(widthsOf('accountId')), widest(widthsOf('region'))];
};

const headline = (report: Report): string => {
  const { summary, findings } = report;
  if (findings.length === 0) return conclusionOf(report);
  const accounts = new Set(findings.map(({ accountId }) => accountId));
  return `${count(findings.length, 'finding')} in ${count(accounts.size, 'account')}: ${countCompliances(summary)}.`;
};

function* renderNotEvaluated(report: Report, page: Page): Iterable<string> {
  const trails = unevaluatedTrails(report);
  if (trails.length === 0) return;
  yield* page.line(`${page.paint('NOT EVALUATED', 'yellow')}  ${count(trails.length, 'trail')}`);
  for (const { trailArn, reason } of trails) {
    yield* page.line(sanitize(trailArn), { indent: 2 });
    yield* page.line(sanitize(reason), { indent: 4 });
  }
  yield '\n';
}

function* renderErrors({ errors }: Report, page: Page): Iterable<string> {
  if (errors.length === 0) return;
  yield* page.line(
    `${page.paint('ERRORS', 'red')}  ${count(errors.length, 'error')}: this report is incomplete`,
  );
  for (const { source, message } of errors) {
    yield* page.line(`${sanitize(source)}: ${sanitize(message)}`, { indent: 2 });
  }
  yield '\n';
}

const closing = (report: Report): string => {
  const { findings, notEvaluated, errors } = report;
  // The first line already says that no trail was found.
  const isEmpty = findings.length + notEvaluated.length + errors.length === 0;
  return isEmpty ? 'There is nothing to evaluate.' : conclusionOf(report);
};

/** The most important next step, or an empty text. */
const nextStepOf = (
  { summary, errors, notEvaluated }: Report,
  code: VerdictCode | undefined,
  program = 'trailkey',
): string => {
  if (code && summary.NON_COMPLIANT > 0) return `Next: ${program} explain ${code}`;
  if (errors.length > 0) return 'Next: fix the errors listed under ERRORS and run again.';
  return notEvaluated.length > 0
    ? 'Next: evaluate these trails in their owning accounts and home Regions.'
    : '';
};

/** The comparison with an earlier report. */
function* renderComparison(comparison: Comparison, page: Page): Iterable<string> {
  yield* page.line(
    `${page.paint('CHANGES', 'bold')}  since ${sanitize(comparison.since)}: ${countChanges(comparison)}`,
  );
  for (const remark of comparisonRemarks(comparison)) yield* page.line(sanitize(remark), { indent: 2 });
  for (const { status, label } of DIFF_STATUSES) {
    for (const trail of comparison[status]) yield* page.line(`${label}: ${describe(trail)}`, { indent: 2 });
  }
  yield '\n';
}

const describe = ({ accountId, region, trailName, codeBefore, codeNow, worse }: ComparedTrail): string => {
  const codes = [codeBefore, codeNow].filter(
    (code, index, all) => code !== null && all.indexOf(code) === index,
  );
  const severity = worse ? ', higher severity' : '';
  return sanitize(`${accountId} ${region} ${trailName} (${codes.join(', now ')}${severity})`);
};
