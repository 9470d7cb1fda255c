import type { Finding } from '../../../core/evaluate-trail.js';
import type { Report } from '../../../core/report.js';
import { count, RANKS, rankOf } from '../findings.js';
import { conclusionOf } from '../sentences.js';
import { html, type Markup, tag } from './markup.js';
import { idOf, type Occurrence } from './verdicts.js';

/** The columns: those with a kind can be sorted, by text or by the rank's number. The class gives the width. */
const COLUMNS = [
  ['Result', 'rank'],
  ['Verdict', 'text'],
  ['Account', 'text'],
  ['Region', 'text'],
  ['Trail', 'text'],
  ['Finding', ''],
] as const;

/** All findings, the worst first, in pieces: complete without script, which adds sorting and filtering. */
export function* renderFindings(report: Report, occurrences: readonly Occurrence[]): Iterable<Markup> {
  const { findings } = report;
  yield html`<section id="findings" aria-labelledby="findings-heading">
<h2 id="findings-heading">Findings</h2>
`;
  if (findings.length === 0) {
    yield html`<p>${conclusionOf(report)}</p>\n</section>\n`;
    return;
  }
  yield html`${renderControls(report, occurrences)}
<p id="shown" role="status">${count(findings.length, 'finding')}, the worst first</p>
<table id="table" role="table" aria-labelledby="findings-heading" aria-describedby="shown">
<thead role="rowgroup"><tr role="row">${COLUMNS.map(renderHead)}</tr></thead>
<tbody role="rowgroup">
`;
  const places = new Map(occurrences.map(({ code }, index) => [code, index]));
  yield* bySeverity(findings, places).map(renderRow);
  yield html`</tbody>\n</table>\n</section>\n`;
}

/** By verdict, the worst first; within one verdict as the report has them: by account, Region and name. */
const bySeverity = (
  findings: readonly Finding[],
  places: ReadonlyMap<Finding['code'], number>,
): readonly Finding[] =>
  findings.toSorted(
    (a, b) =>
      RANKS.indexOf(rankOf(a)) - RANKS.indexOf(rankOf(b)) ||
      (places.get(a.code) ?? 0) - (places.get(b.code) ?? 0),
  );

const renderHead = ([name, kind]: (typeof COLUMNS)[number], index: number): Markup =>
  kind === ''
    ? html`<th role="columnheader" scope="col">${name}</th>`
    : html`<th role="columnheader" scope="col" data-sort="${kind}" aria-sort="${index === 0 ? 'descending' : 'none'}">${name}</th>`;

const renderRow = (finding: Finding): Markup => {
  const rank = rankOf(finding);
  const { code, accountId, region, trailName, message, nextStep } = finding;
  return html`<tr role="row" data-rank="${RANKS.indexOf(rank)}"><td role="cell">${tag(rank)}</td>\
<td role="cell"><a href="#${idOf(code)}">${code}</a></td><td role="cell">${accountId}</td><td role="cell">${region}</td>\
<th role="rowheader" scope="row">${trailName}</th><td role="cell">${message} ${nextStep}\
${renderFacts(finding)}</td></tr>
`;
};

/** What the finding rests on, one line each, on demand. */
const renderFacts = ({ trailArn, trailName, resourceId, homeRegion, kmsKeyId, key }: Finding): Markup => {
  const facts: readonly (readonly [string, string | null])[] = [
    ['Trail', trailArn],
    ['Home Region', homeRegion],
    ['Id in AWS Config', resourceId === trailName ? null : resourceId],
    ['Key, as the trail has it', kmsKeyId],
    ['Key that was asked', key?.arn === kmsKeyId ? null : (key?.arn ?? null)],
    ['Its state', key?.state ?? null],
    ['Managed by', key?.manager ?? null],
  ];
  const known = facts.filter(([, value]) => value !== null);
  return html`<details><summary>Facts</summary><dl>${known.map(([name, value]) => html`<dt>${name}</dt> <dd>${value ?? ''}</dd> `)}</dl></details>`;
};

/** What filters the table. Hidden until the script shows it: without, it would promise what it cannot do. */
export const renderControls = ({ findings }: Report, occurrences: readonly Occurrence[]): Markup => {
  const distinct = (values: readonly string[]) => [...new Set(values)].toSorted();
  return html`<form id="filters" role="search" aria-label="Filter the findings" autocomplete="off" hidden>
<p><label for="filter-text">Text</label> <input type="search" id="filter-text" name="text" spellcheck="false"></p>
${renderSelect({ name: 'compliance', label: 'Result', values: distinct(findings.map(({ compliance }) => compliance)) })}
${renderSelect({ name: 'code', label: 'Verdict', values: occurrences.map(({ code }) => code) })}
${renderSelect({ name: 'account', label: 'Account', values: distinct(findings.map(({ accountId }) => accountId)) })}
${renderSelect({ name: 'region', label: 'Region', values: distinct(findings.map(({ region }) => region)) })}
<button type="reset">Show all</button>
</form>`;
};

type Select = { readonly name: string; readonly label: string; readonly values: readonly string[] };

const renderSelect = ({
  name,
  label,
  values,
}: Select): Markup => html`<p><label for="filter-${name}">${label}</label> <select id="filter-${name}" name="${name}">
<option value="">all</option>
${values.map((value) => html`<option value="${value}">${value}</option>\n`)}</select></p>`;
