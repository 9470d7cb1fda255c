import { createHash } from 'node:crypto';
import type { Report } from '../../core/report.js';
import { count } from './findings.js';
import { text as script } from './html/browser.ts?text';
import { renderComparison } from './html/comparison.js';
import { renderFindings } from './html/findings.js';
import { formatTimestamp, html, type Markup, NOTHING, trusted } from './html/markup.js';
import { renderFoot, renderMethod } from './html/method.js';
import { text as base } from './html/style/base.css?text';
import { text as figures } from './html/style/figures.css?text';
import { text as findings } from './html/style/findings.css?text';
import { text as narrow } from './html/style/narrow.css?text';
import { text as print } from './html/style/print.css?text';
import { text as printFindings } from './html/style/print-findings.css?text';
import { text as rows } from './html/style/rows.css?text';
import { text as summary } from './html/style/summary.css?text';
import { text as tables } from './html/style/tables.css?text';
import { text as verdicts } from './html/style/verdicts.css?text';
import { renderSummary } from './html/summary.js';
import { occurrencesIn, renderStandards, renderVerdicts } from './html/verdicts.js';
import { conclusionOf } from './sentences.js';
import type { Reporter } from './types.js';

/** The report for auditors and those who answer to them: one page that loads nothing and is complete without script. */
export const renderHtml: Reporter = function* (report) {
  const occurrences = occurrencesIn(report);
  yield html`<!doctype html>
<html lang="en">
${renderHead(`${TITLE}, ${report.evaluatedAt.slice(0, 10)}`)}
<body>
<a class="skip" href="#findings">Skip to the findings</a>
${renderMasthead(report)}
<main>
${renderReservations(report)}
${renderSummary(report, occurrences)}
${renderComparison(report)}
${renderVerdicts(occurrences)}
`.markup;
  for (const piece of renderFindings(report, occurrences)) yield piece.markup;
  yield html`${renderStandards()}
${renderMethod(report)}
</main>
${renderFoot(report)}
${renderScript()}
</body>
</html>
`.markup;
};

const STYLE = [base, summary, figures, verdicts, tables, findings, rows, narrow, print, printFindings].join(
  '\n',
);

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing may be loaded, sent or run, but this one style sheet and this one script. */
const policy = (): string =>
  [
    "default-src 'none'",
    `style-src ${hashOf(STYLE)}`,
    `script-src ${hashOf(script)}`,
    // The empty icon, without which browsers ask a server for one.
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');

/** The head of the page. */
export const renderHead = (title: string): Markup => html`<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${trusted(STYLE)}</style>
</head>
`;

/** The script, which stands at the end: the page is complete without it. */
export const renderScript = (): Markup => html`<script>${trusted(script)}</script>\n`;

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
<div><dt>Judged</dt><dd><time datetime="${report.evaluatedAt}">${formatTimestamp(report.evaluatedAt)}</time></dd></div>
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
    : html`<div><dt>Recorded</dt><dd><time datetime="${recorded.oldest}">${formatTimestamp(recorded.oldest)}</time>, and later</dd></div>\n`;

const scopeOf = ({ findings }: Report): string => {
  const accounts = new Set(findings.map(({ accountId }) => accountId));
  const regions = new Set(findings.map(({ region }) => region));
  return `${count(findings.length, 'finding')} in ${count(accounts.size, 'account')} and ${count(regions.size, 'Region')}`;
};

/** What keeps the report from being the whole truth, told before anything else. */
export const renderReservations = ({ errors, notEvaluated }: Report): Markup => {
  if (errors.length + notEvaluated.length === 0) return NOTHING;
  const problems =
    errors.length === 0
      ? NOTHING
      : html`<li>${count(errors.length, 'problem')} occurred: <a href="#errors">what could not be read or asked</a>.</li>`;
  const trails =
    notEvaluated.length === 0
      ? NOTHING
      : html`<li>${count(notEvaluated.length, 'trail')} could not be judged: <a href="#not-evaluated">which, and what would help</a>.</li>`;
  return html`<section class="reservations" aria-labelledby="reservations">
<h2 id="reservations">This report is not the whole truth</h2>
<ul>${problems}${trails}</ul>
</section>
`;
};
