import { CATALOGUE } from '../../core/catalogue.js';
import type { Finding } from '../../core/finding.js';
import { isJudged, type Report } from '../../core/report.js';
import type { VerdictCode } from '../../core/verdict.js';
import { harmless } from '../harmless.js';
import { renderComparison } from './comparison.js';
import { conclusionOf } from './conclusion.js';
import { type Page, pageFor } from './page.js';
import { renderRecorded } from './recorded.js';
import type { Reporter } from './reporter.js';
import { UNJUDGED_STEP, whyUnjudged } from './unjudged.js';
import { count, countIn, type Group, worstFirst } from './worst-first.js';
import { widthOf } from './wrap.js';

/** The report for people: a table of trails, grouped by verdict, the worst first, with the next step for each kind. */
export const renderText: Reporter = function* (report, layout) {
  const page = pageFor(layout);
  const widths = columnWidths(report.findings);
  yield* page.paragraph(headline(report));
  yield* renderRecorded(report, page);
  for (const note of report.notes ?? []) yield* page.paragraph(harmless(note));
  for (const group of worstFirst(report.findings)) yield* renderGroup(group, { page, widths });
  if (report.comparison) yield* renderComparison(report.comparison, page);
  yield* renderUnjudged(report, page);
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
    if (isJudged(finding)) yield* page.line(factsOf(finding), { indent: 4, style: 'dim' });
  }
  yield* page.paragraph(`Next: ${CATALOGUE[code].nextStep}`, { indent: 2 });
}

const styleOf = (rank: Group['rank']) => {
  if (rank === 'HIGH') return 'red';
  if (rank === 'COMPLIANT') return 'green';
  return rank === 'NOT_APPLICABLE' ? 'dim' : 'yellow';
};

const cellsOf = (finding: Finding): readonly string[] =>
  [finding.accountId, finding.region, finding.trailName + originOf(finding)].map(harmless);

/** Where a trail that is only seen here is judged. */
const originOf = ({ code, homeRegion, trailArn }: Finding): string => {
  if (code === 'TRAIL_IS_COPY') return ` (home Region ${homeRegion})`;
  return code === 'TRAIL_OF_ORGANIZATION' ? ` (account ${trailArn.split(':')[4]})` : '';
};

/** Account and Region; the trail takes the rest of the line. */
const columnWidths = (findings: readonly Finding[]): readonly number[] => {
  const widest = (lengths: readonly number[]) => lengths.reduce((a, b) => Math.max(a, b), 0);
  const rows = findings.map(cellsOf);
  return [0, 1].map((column) => widest(rows.map((cells) => widthOf(cells[column] ?? ''))));
};

/** The annotation less its code and its last sentence, the next step, which stands once below the group. */
const factsOf = ({ annotation, code }: Finding): string => {
  const sentences = annotation.slice(`${code}: `.length).replace(/ No action is needed\.$/, '');
  return OWN_STEPS.includes(code) ? sentences : sentences.replace(/(?<=\.) [^.]*\.$/, '');
};

/** Each finding of these has a next step of its own, by what could not be asked. */
const OWN_STEPS: readonly VerdictCode[] = ['KEY_UNVERIFIABLE', 'CMK_USABLE'];

const headline = (report: Report): string => {
  const { summary, findings } = report;
  if (findings.length === 0) return conclusionOf(report);
  const accounts = new Set(findings.map(({ accountId }) => accountId));
  return (
    `${count(findings, 'finding')} in ${count([...accounts], 'account')}: ${summary.NON_COMPLIANT} NON_COMPLIANT, ` +
    `${summary.COMPLIANT} COMPLIANT, ${summary.NOT_APPLICABLE} NOT_APPLICABLE.`
  );
};

function* renderUnjudged(report: Report, page: Page): Iterable<string> {
  const { unjudged } = report;
  if (unjudged.length === 0) return;
  yield* page.line(
    `${page.paint('NOT JUDGED', 'yellow')}  ${count(unjudged, 'trail')} ${whyUnjudged(report)}`,
  );
  for (const { trailArn } of unjudged) yield* page.line(harmless(trailArn), { indent: 2 });
  yield* page.paragraph(`Next: ${UNJUDGED_STEP}`, { indent: 2 });
}

function* renderErrors({ errors }: Report, page: Page): Iterable<string> {
  if (errors.length === 0) return;
  yield* page.line(
    `${page.paint('ERRORS', 'red')}  ${count(errors, 'problem')}: this report is not the whole truth`,
  );
  for (const { source, message } of errors) {
    yield* page.line(`${harmless(source)}: ${harmless(message)}`, { indent: 2 });
  }
  yield* page.paragraph('');
}

const closing = (report: Report): string => {
  const { findings, unjudged, errors } = report;
  // That no trail was found is said at the top already.
  const isEmpty = findings.length + unjudged.length + errors.length === 0;
  return isEmpty ? 'There is nothing to judge.' : conclusionOf(report);
};

/** The one line to do next, where there is something to do. */
const nextOf = ({ findings, summary, errors, unjudged }: Report): string => {
  const [worst] = worstFirst(findings);
  if (worst && summary.NON_COMPLIANT > 0) return `Next: trailkey explain ${worst.code}`;
  if (errors.length > 0) return 'Next: mend what is named under ERRORS, and run again.';
  return unjudged.length > 0 ? 'Next: judge these trails in their accounts and home Regions.' : '';
};
