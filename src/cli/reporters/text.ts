import { groupBy } from '../../core/collections.js';
import type { ComparedTrail, Comparison } from '../../core/comparison.js';
import type { Finding } from '../../core/evaluate-trail.js';
import type { Report } from '../../core/report.js';
import { CATALOGUE, isEvaluated } from '../../core/verdict.js';
import { sanitize } from '../terminal.js';
import {
  bySeverity,
  count,
  countIn,
  formatNumber,
  type Group,
  isOpen,
  namesIn,
  RANKS,
  sharedStepOf,
  timeLeft,
  totalsBy,
} from './findings.js';
import { type Page, pageFor, widthOf } from './page.js';
import {
  ageOfData,
  comparisonRemarks,
  conclusionOf,
  countChanges,
  DIFF_STATUSES,
  evaluationOf,
  unevaluatedTrails,
  waiverSentence,
} from './sentences.js';
import type { Layout, Reporter } from './types.js';

/**
 * The report for the terminal: a summary, then the NON_COMPLIANT trails with a line each, highest severity first, then the next steps.
 * A verbose report also lists the other trails, all accounts, and the key of each trail.
 */
export const renderText: Reporter = function* (report, layout) {
  const context = { page: pageFor(layout), layout };
  const { page } = context;
  const waived = report.findings.filter(({ waiver }) => waiver !== undefined);
  const groups = bySeverity(report.findings.filter(({ waiver }) => waiver === undefined));
  const listed = groups.filter((group) => layout.verbose || isOpen(group));
  yield* page.paragraph(conclusionOf(report), { style: 'bold' });
  yield* page.paragraph(sanitize([evaluationOf(report), ageOfData(report)].filter(Boolean).join(' ')));
  for (const note of report.notes ?? []) yield* page.paragraph(sanitize(note));
  for (const { message } of report.waiverProblems ?? []) yield* page.paragraph(sanitize(message));
  if (report.findings.length > 0) {
    yield* renderCounts(groups, waived, page);
    yield* renderAccounts(report, context);
  }
  const widths = columnWidths(listed.flatMap(({ findings }) => findings));
  const isLong = report.findings.filter(({ severity }) => severity === 'HIGH').length > MAX_DETAILED;
  for (const group of listed) yield* renderGroup(group, { ...context, widths, isLong });
  yield* renderWaived(waived, page);
  if (report.comparison) yield* renderComparison(report.comparison, page);
  yield* renderNotEvaluated(report, page);
  yield* renderErrors(report, page);
  yield* renderNext(report, groups, context);
};

type Context = { readonly page: Page; readonly layout: Layout };

/** The number of findings of each rank, and of each of its verdicts. Waived findings are counted apart. */
function* renderCounts(groups: readonly Group[], waived: readonly Finding[], page: Page): Iterable<string> {
  const accepted = waived.length > 0 ? [{ name: 'WAIVED', ranked: bySeverity(waived) }] : [];
  const ranks = RANKS.map((rank) => ({ name: rank, ranked: groups.filter((group) => group.rank === rank) }));
  const rows = [...ranks, ...accepted].flatMap(({ name, ranked }) => {
    const total = ranked.reduce((sum, { findings }) => sum + findings.length, 0);
    const [first = ['', ''], ...others] = ranked.map(({ code, findings }) => [
      code,
      formatNumber(findings.length),
    ]);
    return [[name, formatNumber(total), ...first, ''], ...others.map((verdict) => ['', '', ...verdict, ''])];
  });
  yield* page.line('SUMMARY', { style: 'bold' });
  yield* renderRows(rows, page);
  yield '\n';
}

/** The number of accounts in a report that is not verbose. */
const MAX_ACCOUNTS = 20;
const COLUMNS = ['HIGH', 'MEDIUM', 'LOW', 'COMPLIANT'] as const;

/** The accounts with NON_COMPLIANT trails, highest severity first. */
function* renderAccounts({ findings }: Report, { page, layout }: Context): Iterable<string> {
  const totals = totalsBy(
    findings.filter(({ waiver }) => waiver === undefined),
    ({ accountId }) => accountId,
  );
  const open = totals.filter(({ counts }) => COLUMNS.some((rank) => isOpen({ rank }) && counts.has(rank)));
  const listed = layout.verbose ? totals : open.slice(0, MAX_ACCOUNTS);
  if (listed.length === 0) return;
  const names = namesIn(findings);
  const rows = listed.map(({ name, counts }) => [
    sanitize(name),
    ...COLUMNS.map((rank) => formatNumber(counts.get(rank) ?? 0)),
    sanitize(names.get(name) ?? ''),
  ]);
  yield* page.line('ACCOUNTS', { style: 'bold' });
  yield* renderRows([['Account', ...COLUMNS, names.size > 0 ? 'Name' : ''], ...rows], page);
  const others = totals.length - listed.length;
  if (others > 0) {
    const rest = open.length > listed.length ? '' : ' without NON_COMPLIANT trails';
    yield* page.line(`and ${count(others, 'other account')}${rest}`, { indent: 2, style: 'dim' });
  }
  yield '\n';
}

/** Rows of cells, of which the last takes the rest of the line. */
function* renderRows(rows: readonly (readonly string[])[], page: Page): Iterable<string> {
  const widths = (rows[0] ?? [])
    .slice(0, -1)
    .map((_, column) => widest(rows.map((row) => row[column] ?? '')));
  for (const row of rows) {
    yield* page.row(
      row.map((cell, column) => (isNumber(cell) ? cell.padStart(widths[column] ?? 0) : cell)),
      widths,
    );
  }
}

const isNumber = (cell: string): boolean => /^[\d,]+$/.test(cell);

const widest = (texts: readonly string[]): number =>
  texts.reduce((width, text) => Math.max(width, widthOf(text)), 0);

type Table = Context & { readonly widths: readonly number[]; readonly isLong: boolean };

/** The trails of a verdict, under the reasons that they share. */
function* renderGroup(group: Group, table: Table): Iterable<string> {
  const { page, layout } = table;
  const { rank, code, findings } = group;
  yield* page.line(`${page.paint(rank, styleOf(rank))}  ${page.paint(code, 'bold')}  ${countIn(group)}`);
  for (const [reason, sameReason] of groupBy(findings, reasonOf)) {
    yield* page.line(sanitize(reason), { indent: 2, style: 'dim' });
    // Trails that one command fixes are listed together.
    for (const [, sameFix] of groupBy(sameReason, ({ commands = [] }, index) => commands[0] ?? `${index}`)) {
      for (const finding of sameFix) yield* renderTrail(finding, table);
      if (layout.verbose || rank === 'HIGH') yield* renderCommands(sameFix, table);
    }
  }
  yield '\n';
}

function* renderTrail(finding: Finding, { page, layout, widths }: Table): Iterable<string> {
  yield* page.row(cellsOf(finding), widths, 4);
  const key = finding.key?.arn ?? finding.kmsKeyId;
  if (layout.verbose && key !== null) yield* page.line(`Key ${sanitize(key)}`, { indent: 6, style: 'dim' });
}

/** The commands that fix findings, each once, on lines that are never wrapped so that they can be copied. */
function* renderCommands(findings: readonly Finding[], { page, layout, isLong }: Table): Iterable<string> {
  const commands = findings.flatMap((finding) =>
    (finding.commands ?? []).map((command, step) => ({ command, step })),
  );
  const inOrder = new Set(commands.toSorted((a, b) => a.step - b.step).map(({ command }) => command));
  for (const command of inOrder) {
    if (layout.verbose || !isLong || !READS.test(command)) {
      yield `      ${page.paint(sanitize(command), 'cyan')}\n`;
    }
  }
}

/** With more HIGH findings than this, a report that is not verbose leaves out the commands that change nothing. */
const MAX_DETAILED = 20;
const READS = /^aws \w+ (?:get|describe)-/;

const styleOf = (rank: Group['rank']) => {
  if (rank === 'HIGH') return 'red';
  if (rank === 'COMPLIANT') return 'green';
  return rank === 'NOT_APPLICABLE' ? 'dim' : 'yellow';
};

/**
 * The message of a finding without the names and the date of deletion in it, so that findings with the same reason have the same text.
 * Findings that do not evaluate their trail get the meaning of their verdict.
 */
const reasonOf = ({ code, message, key, kmsKeyId, trailName, deletionDate }: Finding): string => {
  if (!isEvaluated({ code })) return `${CATALOGUE[code].meaning}.`;
  const names = [key?.arn, kmsKeyId, trailName].filter((name) => name !== undefined && name !== null);
  const general = names.reduce(
    (text, name) =>
      NAMED.reduce((rest, [noun, noName]) => rest.replace(`${noun} ${name}`, () => noName), text),
    message,
  );
  return deletionDate === undefined ? general : general.replace(` on ${deletionDate.slice(0, 10)}`, '');
};

/** The nouns before the names in messages, and what replaces both. */
const NAMED = [
  ['Key', 'The key'],
  ['key', 'the key'],
  ['Trail', 'The trail'],
  ['alias', 'the alias'],
  ['value', 'value'],
  ['Region in', 'Region in the key ARN'],
] as const;

const cellsOf = (finding: Finding): readonly string[] =>
  [finding.accountId, finding.region, finding.trailName + remarkOn(finding)].map(sanitize);

/** When the key is deleted, or where a shadow trail or an organization trail is evaluated. */
const remarkOn = (finding: Finding): string => {
  const { code, homeRegion, trailArn, deletionDate } = finding;
  if (deletionDate !== undefined) return ` (${timeLeft(finding)}, ${deletionDate.slice(0, 10)})`;
  if (code === 'SHADOW_TRAIL') return ` (home Region ${homeRegion})`;
  return code === 'ORGANIZATION_TRAIL' ? ` (account ${trailArn.split(':')[4]})` : '';
};

/** Account and Region; the trail takes the rest of the line. */
const columnWidths = (findings: readonly Finding[]): readonly number[] =>
  (['accountId', 'region'] as const).map((field) =>
    widest(findings.map((finding) => sanitize(finding[field]))),
  );

/** The findings whose risk is accepted, with the waivers. */
function* renderWaived(waived: readonly Finding[], page: Page): Iterable<string> {
  if (waived.length === 0) return;
  yield* page.line(`${page.paint('ACCEPTED RISKS', 'yellow')}  ${count(waived.length, 'trail')}`);
  for (const { rank, code, findings } of bySeverity(waived)) {
    for (const [sentence, sameWaiver] of groupBy(findings, sentenceOn)) {
      yield* page.line(`${rank} ${code}. ${sanitize(sentence)}`, { indent: 2, style: 'dim' });
      for (const finding of sameWaiver) yield* page.row(cellsOf(finding), columnWidths(waived), 4);
    }
  }
  yield '\n';
}

const sentenceOn = ({ waiver }: Finding): string => (waiver === undefined ? '' : waiverSentence(waiver));

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

function* renderNotEvaluated(report: Report, page: Page): Iterable<string> {
  const trails = unevaluatedTrails(report);
  if (trails.length === 0) return;
  yield* page.line(`${page.paint('NOT EVALUATED', 'yellow')}  ${count(trails.length, 'trail')}`);
  for (const [reason, sameReason] of groupBy(trails, ({ reason }) => reason)) {
    yield* page.line(sanitize(reason), { indent: 2, style: 'dim' });
    for (const { trailArn } of sameReason) yield* page.line(sanitize(trailArn), { indent: 4 });
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

/** What to do about each verdict that is NON_COMPLIANT, and about an incomplete report. */
function* renderNext(report: Report, groups: readonly Group[], context: Context): Iterable<string> {
  const { page, layout } = context;
  const { program = 'trailkey', verbose } = layout;
  const remarks = remarksOn(report, verbose === true);
  const open = groups.filter(isOpen);
  if (open.length + remarks.length === 0) return;
  yield* page.line('NEXT', { style: 'bold' });
  for (const group of open) {
    yield* page.line(`${group.code} (${countIn(group)})`, { indent: 2 });
    for (const step of stepsOf(group)) yield* page.line(sanitize(step), { indent: 4 });
    yield* page.line(`${program} explain ${group.code}`, { indent: 4, style: 'cyan' });
  }
  for (const remark of remarks) yield* page.line(remark, { indent: 2 });
  yield '\n';
}

const stepsOf = (group: Group): readonly string[] => {
  const step = sharedStepOf(group);
  return step === undefined ? [...new Set(group.findings.map(({ nextStep }) => nextStep))] : [step];
};

/** What to do besides fixing trails. */
const remarksOn = (
  { findings, notEvaluated, errors, summary, filter }: Report,
  verbose: boolean,
): readonly string[] => {
  if (findings.length + notEvaluated.length + errors.length === 0 && filter === undefined)
    return ['There is nothing to evaluate.'];
  const unchecked = findings.filter((finding) => finding.compliance === 'COMPLIANT' && finding.unchecked);
  const hidden = summary.COMPLIANT + summary.NOT_APPLICABLE;
  return [
    ...(unchecked.length > 0
      ? [
          `${count(unchecked.length, 'COMPLIANT trail')} ${unchecked.length === 1 ? 'was' : 'were'} not checked completely: ` +
            [
              ...new Set(unchecked.map((finding) => sanitize(`${reasonOf(finding)} ${finding.nextStep}`))),
            ].join(' '),
        ]
      : []),
    ...(notEvaluated.length > 0
      ? ['Evaluate the trails under NOT EVALUATED in their owning accounts and home Regions.']
      : []),
    ...(errors.length > 0 ? ['Fix the errors under ERRORS and run again.'] : []),
    ...(hidden > 0 && !verbose ? ['To list the COMPLIANT and NOT_APPLICABLE findings, add --verbose.'] : []),
  ];
};
