import { CATALOGUE } from '../../core/catalogue.js';
import { nothingWasJudged } from '../../core/exit-code.js';
import type { Finding } from '../../core/finding.js';
import { isJudged, type Report } from '../../core/report.js';
import type { VerdictCode } from '../../core/verdict.js';
import { harmless } from '../harmless.js';
import { renderComparison } from './comparison.js';
import { type Page, pageFor } from './page.js';
import { renderRecorded } from './recorded.js';
import type { Reporter } from './reporter.js';
import { count, type Group, worstFirst } from './worst-first.js';
import { widthOf } from './wrap.js';

/** The report for people: a table of trails, grouped by verdict, the worst first, with the next step for each kind. */
export const renderText: Reporter = function* (report, layout) {
  const page = pageFor(layout);
  const widths = columnWidths(report.findings);
  yield* page.paragraph(headline(report));
  yield* renderRecorded(report, page);
  for (const group of worstFirst(report.findings)) yield* renderGroup(group, { page, widths });
  if (report.comparison) yield* renderComparison(report.comparison, page);
  yield* renderUnjudged(report, page);
  yield* renderErrors(report, page);
  yield* page.line(closing(report), { style: 'bold' });
  yield* page.paragraph(nextOf(report));
};

type Table = { readonly page: Page; readonly widths: readonly number[] };

function* renderGroup({ rank, code, findings }: Group, { page, widths }: Table): Iterable<string> {
  yield* page.line(
    `${page.paint(rank, styleOf(rank))}  ${page.paint(code, 'bold')}  ${count(findings, 'trail')}`,
  );
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

const headline = ({ summary, findings, errors }: Report): string => {
  const accounts = new Set(findings.map(({ accountId }) => accountId));
  if (findings.length === 0) return `No CloudTrail trail was ${errors.length > 0 ? 'judged' : 'found'}.`;
  return (
    `${count(findings, 'trail')} in ${count([...accounts], 'account')}: ${summary.NON_COMPLIANT} NON_COMPLIANT, ` +
    `${summary.COMPLIANT} COMPLIANT, ${summary.NOT_APPLICABLE} NOT_APPLICABLE.`
  );
};

function* renderUnjudged({ unjudged, errors }: Report, page: Page): Iterable<string> {
  if (unjudged.length === 0) return;
  const orFailed = errors.length > 0 ? ', or where something went wrong' : '';
  yield* page.line(
    `${page.paint('NOT JUDGED', 'yellow')}  ${count(unjudged, 'trail')} seen only from elsewhere${orFailed}`,
  );
  for (const { trailArn } of unjudged) yield* page.line(harmless(trailArn), { indent: 2 });
  yield* page.paragraph(
    'Next: add the snapshot of the account and home Region that each ARN names, or scan that account.',
    { indent: 2 },
  );
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
  const [worst] = worstFirst(report.findings);
  if (nothingWasJudged(report)) return 'Nothing was judged.';
  if (worst === undefined)
    return report.errors.length > 0 ? 'Nothing was judged.' : 'There is nothing to judge.';
  if (report.summary.NON_COMPLIANT === 0) return 'No judged trail needs work.';
  return `${count(report.findings.filter(isBad), 'trail')} to repair, the worst first.`;
};

/** The one line to do next, where there is something to do. */
const nextOf = ({ findings, summary, errors, unjudged }: Report): string => {
  const [worst] = worstFirst(findings);
  if (worst && summary.NON_COMPLIANT > 0) return `Next: trailkey explain ${worst.code}`;
  if (errors.length > 0) return 'Next: mend what is named under ERRORS, and run again.';
  return unjudged.length > 0 ? 'Next: judge these trails in their accounts and home Regions.' : '';
};

const isBad = ({ compliance }: Finding): boolean => compliance === 'NON_COMPLIANT';
