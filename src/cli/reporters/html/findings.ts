import type { Finding } from '../../../core/evaluate-trail.js';
import type { Report } from '../../../core/report.js';
import { count, type Group, isOpen, namesIn, RANKS, type Rank, timeLeft } from '../findings.js';
import { conclusionOf, waiverSentence } from '../sentences.js';
import { html, type Markup, NOTHING, renderCode, tag, trusted } from './markup.js';
import { idOf } from './verdicts.js';

/** The columns. Those with a kind can be sorted, by text or by rank. */
const COLUMNS = [
  ['Result', 'rank'],
  ['Verdict', 'text'],
  ['Account', 'text'],
  ['Region', 'text'],
  ['Trail', 'text'],
  ['Finding', ''],
] as const;

/** All findings, highest severity first, in pieces. The script adds sorting and filtering. */
export function* renderFindings(report: Report, groups: readonly Group[]): Iterable<Markup> {
  yield html`<section id="findings" aria-labelledby="findings-heading">
<h2 id="findings-heading">Findings</h2>
`;
  if (groups.length === 0) {
    yield html`<p>${conclusionOf(report)}</p>\n</section>\n`;
    return;
  }
  yield html`${renderControls(report, groups)}
<p id="shown" role="status">${count(report.findings.length, 'finding')}, highest severity first</p>
<p id="none" hidden>No findings match. <button type="reset" form="filters">Show all findings</button></p>
<table id="table"${classesFor(report.findings.length)} role="table" aria-labelledby="findings-heading" aria-describedby="shown">
<thead role="rowgroup"><tr role="row">${COLUMNS.map(renderHead)}</tr></thead>
<tbody role="rowgroup">
`;
  for (const { rank, findings } of groups) yield* findings.map((finding) => renderRow(finding, rank));
  yield html`</tbody>\n</table>
<nav id="pages" aria-label="Pages of findings" data-rows="${PAGE_ROWS}" hidden><button type="button" value="-1">Previous page</button> <span></span> <button type="button" value="1">Next page</button></nav>
</section>\n`;
}

/** The rows of a page. The script divides a longer table into pages; without it, and in print, there are none. */
const PAGE_ROWS = 200;
/** In print, a table with more rows has no details and commands: browsers fail to print thousands of pages. */
const MAX_DETAILED_ROWS = 2000;

const classesFor = (rows: number): Markup => {
  if (rows <= PAGE_ROWS) return NOTHING;
  return trusted(rows > MAX_DETAILED_ROWS ? ' class="long brief"' : ' class="long"');
};

const renderHead = ([name, kind]: (typeof COLUMNS)[number], index: number): Markup =>
  kind === ''
    ? html`<th role="columnheader" scope="col">${name}</th>`
    : html`<th role="columnheader" scope="col" data-sort="${kind}" aria-sort="${index === 0 ? 'descending' : 'none'}">${name}</th>`;

/** The script filters the account by the attribute, because the cell can also contain the name. */
const renderRow = (finding: Finding, rank: Rank): Markup => {
  const { code, accountId, accountName, region, trailName, message, nextStep, standard } = finding;
  return html`<tr role="row" data-rank="${RANKS.indexOf(rank)}" data-standard="${standard}" data-risk="${finding.waiver ? 'accepted' : 'open'}"><td role="cell">${tag(rank)}${renderOwn(finding)}${renderAccepted(finding)}</td>\
<td role="cell"><a href="#${idOf(code)}">${code}</a></td><td role="cell" data-value="${accountId}">${accountId}${accountName === undefined ? NOTHING : html` <span class="name">${accountName}</span>`}</td>\
<td role="cell">${region}</td><th role="rowheader" scope="row">${trailName}</th><td role="cell">${renderWaiver(finding)}${renderTimeLeft(finding)}${message} ${nextStep}\
${renderFix(finding)}${renderDetails(finding)}</td></tr>
`;
};

/** A finding that no standard requires. */
const renderOwn = ({ standard, compliance }: Finding): Markup =>
  standard === 'parameter' && compliance === 'NON_COMPLIANT'
    ? html` <span class="own">own parameter</span>`
    : NOTHING;

const renderAccepted = ({ waiver }: Finding): Markup =>
  waiver === undefined ? NOTHING : html` <span class="own">accepted risk</span>`;

/** A finding whose risk is accepted. */
const renderWaiver = ({ waiver }: Finding): Markup =>
  waiver === undefined ? NOTHING : html`<strong>${waiverSentence(waiver)}</strong> `;

const renderTimeLeft = (finding: Finding): Markup => {
  const time = timeLeft(finding);
  return time === undefined ? NOTHING : html`<strong>Deletion ${time}.</strong> `;
};

/** The commands that fix the finding, complete. */
const renderFix = ({ commands = [] }: Finding): Markup =>
  commands.length === 0
    ? NOTHING
    : html`<details><summary>Commands</summary>${renderCode(commands)}</details>`;

/** The data that the finding is based on. */
const renderDetails = ({
  trailArn,
  trailName,
  resourceId,
  homeRegion,
  kmsKeyId,
  key,
  deletionDate,
  recordedAt,
}: Finding): Markup => {
  const details: readonly (readonly [string, string | null])[] = [
    ['Trail ARN', trailArn],
    ['Home Region', homeRegion],
    ['Resource ID in AWS Config', resourceId === trailName ? null : resourceId],
    ['KMS key of the trail', kmsKeyId],
    ['Key ARN', key?.arn === kmsKeyId ? null : (key?.arn ?? null)],
    ['Key state', key?.state ?? null],
    ['Key manager', key?.manager ?? null],
    ['Deletion date', deletionDate ?? null],
    ['Recorded at', recordedAt ?? null],
  ];
  const known = details.filter(([, value]) => value !== null);
  return html`<details><summary>Details</summary><dl>${known.map(([name, value]) => html`<dt>${name}</dt> <dd>${value ?? ''}</dd> `)}</dl></details>`;
};

type Option = { readonly value: string; readonly label?: string };

/** The filters of the table, which the script shows: they do not work without it. */
const renderControls = ({ findings }: Report, groups: readonly Group[]): Markup => {
  const distinct = (values: readonly string[]) => [...new Set(values)].toSorted().map((value) => ({ value }));
  const names = namesIn(findings);
  const accounts = distinct(findings.map(({ accountId }) => accountId)).map(({ value }) => {
    const name = names.get(value);
    return name === undefined ? { value } : { value, label: `${value} ${name}` };
  });
  const ranks = RANKS.filter((rank) => isOpen({ rank }) && groups.some((group) => group.rank === rank));
  return html`<form id="filters" role="search" aria-label="Filter the findings" autocomplete="off" hidden>
<p><label for="filter-text">Search</label> <input type="search" id="filter-text" name="text" spellcheck="false"></p>
${renderSelect(
  'severity',
  'Severity',
  ranks.map((value) => ({ value })),
)}
${renderSelect('compliance', 'Result', distinct(findings.map(({ compliance }) => compliance)))}
${renderSelect(
  'code',
  'Verdict',
  groups.map(({ code }) => ({ value: code })),
)}
${renderSelect('account', 'Account', accounts)}
${renderSelect('region', 'Region', distinct(findings.map(({ region }) => region)))}
${renderSelect('standard', 'Required by', STANDARDS)}
${findings.some(({ waiver }) => waiver) ? renderSelect('risk', 'Risk', RISKS) : NOTHING}
<button type="reset">Clear filters</button>
</form>`;
};

const STANDARDS: readonly Option[] = [
  { value: 'control', label: 'Standards' },
  { value: 'parameter', label: 'Own parameters' },
];

const RISKS: readonly Option[] = [
  { value: 'open', label: 'Open' },
  { value: 'accepted', label: 'Accepted' },
];

const renderSelect = (
  name: string,
  label: string,
  options: readonly Option[],
): Markup => html`<p><label for="filter-${name}">${label}</label> <select id="filter-${name}" name="${name}">
<option value="">All</option>
${options.map((option) => html`<option value="${option.value}">${option.label ?? option.value}</option>\n`)}</select></p>`;
