import type { Finding } from '../../../core/finding.js';
import type { Report } from '../../../core/report.js';
import { count } from '../amount.js';
import { conclusionOf } from '../conclusion.js';
import { RANKS, rankOf } from '../worst-first.js';
import { renderControls } from './controls.js';
import { html, type Markup } from './markup.js';
import { tag } from './tag.js';
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
  yield* worstFirst(findings, places).map(renderRow);
  yield html`</tbody>\n</table>\n</section>\n`;
}

/** By verdict, the worst first; within one verdict as the report has them: by account, Region and name. */
const worstFirst = (
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
  const { code, accountId, region, trailName, annotation } = finding;
  return html`<tr role="row" data-rank="${RANKS.indexOf(rank)}"><td role="cell">${tag(rank)}</td>\
<td role="cell"><a href="#${idOf(code)}">${code}</a></td><td role="cell">${accountId}</td><td role="cell">${region}</td>\
<th role="rowheader" scope="row">${trailName}</th><td role="cell">${annotation.slice(`${code}: `.length)}\
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
