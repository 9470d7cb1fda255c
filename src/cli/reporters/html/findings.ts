import type { Finding } from '../../../core/evaluate-trail.js';
import type { Report } from '../../../core/report.js';
import { count, type Group, RANKS, type Rank } from '../findings.js';
import { conclusionOf, waiverSentence } from '../sentences.js';
import { html, type Markup, NOTHING, tag } from './markup.js';
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
<table id="table" role="table" aria-labelledby="findings-heading" aria-describedby="shown">
<thead role="rowgroup"><tr role="row">${COLUMNS.map(renderHead)}</tr></thead>
<tbody role="rowgroup">
`;
  for (const { rank, findings } of groups) yield* findings.map((finding) => renderRow(finding, rank));
  yield html`</tbody>\n</table>\n</section>\n`;
}

const renderHead = ([name, kind]: (typeof COLUMNS)[number], index: number): Markup =>
  kind === ''
    ? html`<th role="columnheader" scope="col">${name}</th>`
    : html`<th role="columnheader" scope="col" data-sort="${kind}" aria-sort="${index === 0 ? 'descending' : 'none'}">${name}</th>`;

const renderRow = (finding: Finding, rank: Rank): Markup => {
  const { code, accountId, region, trailName, message, nextStep } = finding;
  return html`<tr role="row" data-rank="${RANKS.indexOf(rank)}"><td role="cell">${tag(rank)}</td>\
<td role="cell"><a href="#${idOf(code)}">${code}</a></td><td role="cell">${accountId}</td><td role="cell">${region}</td>\
<th role="rowheader" scope="row">${trailName}</th><td role="cell">${finding.waiver ? html`<strong>${waiverSentence(finding.waiver)}</strong> ` : NOTHING}${message} ${nextStep}\
${renderDetails(finding)}</td></tr>
`;
};

/** The data that the finding is based on. */
const renderDetails = ({ trailArn, trailName, resourceId, homeRegion, kmsKeyId, key }: Finding): Markup => {
  const details: readonly (readonly [string, string | null])[] = [
    ['Trail ARN', trailArn],
    ['Home Region', homeRegion],
    ['Resource ID in AWS Config', resourceId === trailName ? null : resourceId],
    ['KMS key of the trail', kmsKeyId],
    ['Key ARN', key?.arn === kmsKeyId ? null : (key?.arn ?? null)],
    ['Key state', key?.state ?? null],
    ['Key manager', key?.manager ?? null],
  ];
  const known = details.filter(([, value]) => value !== null);
  return html`<details><summary>Details</summary><dl>${known.map(([name, value]) => html`<dt>${name}</dt> <dd>${value ?? ''}</dd> `)}</dl></details>`;
};

/** The filters of the table, which the script shows: they do not work without it. */
const renderControls = ({ findings }: Report, groups: readonly Group[]): Markup => {
  const distinct = (values: readonly string[]) => [...new Set(values)].toSorted();
  return html`<form id="filters" role="search" aria-label="Filter the findings" autocomplete="off" hidden>
<p><label for="filter-text">Search</label> <input type="search" id="filter-text" name="text" spellcheck="false"></p>
${renderSelect({ name: 'compliance', label: 'Result', values: distinct(findings.map(({ compliance }) => compliance)) })}
${renderSelect({ name: 'code', label: 'Verdict', values: groups.map(({ code }) => code) })}
${renderSelect({ name: 'account', label: 'Account', values: distinct(findings.map(({ accountId }) => accountId)) })}
${renderSelect({ name: 'region', label: 'Region', values: distinct(findings.map(({ region }) => region)) })}
<button type="reset">Clear filters</button>
</form>`;
};

type Select = { readonly name: string; readonly label: string; readonly values: readonly string[] };

const renderSelect = ({
  name,
  label,
  values,
}: Select): Markup => html`<p><label for="filter-${name}">${label}</label> <select id="filter-${name}" name="${name}">
<option value="">All</option>
${values.map((value) => html`<option value="${value}">${value}</option>\n`)}</select></p>`;
