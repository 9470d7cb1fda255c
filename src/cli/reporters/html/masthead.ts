import type { Report } from '../../../core/report.js';
import { count } from '../amount.js';
import { conclusionOf } from '../conclusion.js';
import { html, type Markup, NOTHING } from './markup.js';
import { momentOf } from './moment.js';

/** The name of the page. */
export const TITLE = 'CloudTrail encryption report';

/** The sections of the page, by their ids. */
const sectionsOf = ({ findings, comparison }: Report): readonly (readonly [string, string])[] => [
  ['summary', 'Summary'],
  ...(comparison === undefined ? [] : [['comparison', 'Since the earlier report'] as const]),
  ...(findings.length === 0 ? [] : [['verdicts', 'Verdicts and repair'] as const]),
  ['findings', 'Findings'],
  ['standards', 'Standards'],
  ['method', 'How it was judged'],
];

/** The top of the page: what it is, what it comes to, when and by what it was judged, and the way to its sections. */
export const renderMasthead = (report: Report): Markup => html`<header class="masthead">
<p class="kicker">AWS CloudTrail · log encryption with AWS KMS</p>
<h1>${TITLE}</h1>
<p class="lead">${conclusionOf(report)}</p>
<dl class="facts">
<div><dt>Judged</dt><dd><time datetime="${report.evaluatedAt}">${momentOf(report.evaluatedAt)}</time></dd></div>
${recordedOf(report)}<div><dt>Seen</dt><dd>${scopeOf(report)}</dd></div>
<div><dt>By</dt><dd>Trailkey ${report.tool.version}, rule ${report.rule}</dd></div>
</dl>
<nav aria-label="Sections"><ul>${sectionsOf(report).map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
</header>
`;

/** A verdict about recorded facts is as old as they are, whenever it was made. */
const recordedOf = ({ recorded }: Report): Markup =>
  recorded === undefined
    ? NOTHING
    : html`<div><dt>Recorded</dt><dd><time datetime="${recorded.oldest}">${momentOf(recorded.oldest)}</time>, and later</dd></div>\n`;

const scopeOf = ({ findings }: Report): string => {
  const accounts = new Set(findings.map(({ accountId }) => accountId));
  const regions = new Set(findings.map(({ region }) => region));
  return `${count(findings.length, 'finding')} in ${count(accounts.size, 'account')} and ${count(regions.size, 'Region')}`;
};

/** What keeps the report from being the whole truth, told before anything else. */
export const renderReservations = ({ errors, unjudged }: Report): Markup => {
  if (errors.length + unjudged.length === 0) return NOTHING;
  const problems =
    errors.length === 0
      ? NOTHING
      : html`<li>${count(errors.length, 'problem')} occurred: <a href="#errors">what could not be read or asked</a>.</li>`;
  const trails =
    unjudged.length === 0
      ? NOTHING
      : html`<li>${count(unjudged.length, 'trail')} could not be judged: <a href="#unjudged">which, and what would help</a>.</li>`;
  return html`<section class="reservations" aria-labelledby="reservations">
<h2 id="reservations">This report is not the whole truth</h2>
<ul>${problems}${trails}</ul>
</section>
`;
};
