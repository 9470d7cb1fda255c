import { createHash } from 'node:crypto';
import type { Report } from '../../core/report.js';
import { bySeverity, count } from './findings.js';
import { text as script } from './html/browser.ts?text';
import { renderComparison } from './html/comparison.js';
import { renderFindings } from './html/findings.js';
import { html, type Markup, NOTHING, renderTime, trusted } from './html/markup.js';
import { renderFooter, renderMethod } from './html/method.js';
import { text as base } from './html/style/base.css?text';
import { text as print } from './html/style/print.css?text';
import { text as screen } from './html/style/screen.css?text';
import { text as sections } from './html/style/sections.css?text';
import { renderNumbers, renderSummary } from './html/summary.js';
import { renderStandards, renderVerdicts } from './html/verdicts.js';
import { conclusionOf, STALE_DATA } from './sentences.js';
import type { Reporter } from './types.js';

/** The report for auditors: one HTML page that loads nothing and is complete without its script. */
export const renderHtml: Reporter = function* (report) {
  const groups = bySeverity(report.findings);
  yield html`<!doctype html>
<html lang="en">
${renderHead(`${TITLE}, ${report.evaluatedAt.slice(0, 10)}`)}
<body>
<a class="skip" href="#findings">Skip to the findings</a>
${renderMasthead(report)}
<main>
${renderIncompleteNotice(report)}
${renderSummary(report, groups)}
`.markup;
  for (const piece of renderFindings(report, groups)) yield piece.markup;
  yield html`${renderComparison(report)}
${renderNumbers(report, groups)}
${renderVerdicts(groups)}
${renderStandards()}
${renderMethod(report)}
</main>
${renderFooter(report)}
${renderScript()}
</body>
</html>
`.markup;
};

const STYLE = [base, sections, screen, print].join('\n');

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Allows only this style sheet and this script: the page cannot load, send, or run anything else. */
const policy = (): string =>
  [
    "default-src 'none'",
    `style-src ${hashOf(STYLE)}`,
    `script-src ${hashOf(script)}`,
    // The empty icon, without which browsers request one from a server.
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');

/** The head of the page. */
const renderHead = (title: string): Markup => html`<head>
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

/** The script, at the end of the page. */
const renderScript = (): Markup => html`<script>${trusted(script)}</script>\n`;

/** The title of the page. */
const TITLE = 'CloudTrail encryption report';

/** The ids and names of the sections. */
const sectionsOf = ({ findings, comparison }: Report): readonly (readonly [string, string])[] => [
  ['summary', 'Summary'],
  ['findings', 'Findings'],
  ...(comparison === undefined ? [] : [['comparison', 'Changes'] as const]),
  ...(findings.length === 0
    ? []
    : [['numbers', 'Numbers'] as const, ['verdicts', 'Verdicts and remediation'] as const]),
  ['standards', 'Standards'],
  ['method', 'Method'],
];

/** The top of the page: the title, the conclusion, when and how the trails were evaluated, and links to the sections. */
const renderMasthead = (report: Report): Markup => html`<header class="masthead">
<p class="kicker">AWS CloudTrail · log encryption with AWS KMS</p>
<h1>${TITLE}</h1>
<p class="lead">${conclusionOf(report)}</p>
${report.filter === undefined ? NOTHING : html`<p><strong>This report is filtered.</strong> <a href="#method">Method</a> describes what is not shown.</p>\n`}<dl class="facts">
<div><dt>Evaluated</dt><dd>${renderTime(report.evaluatedAt)}</dd></div>
${renderRecorded(report)}<div><dt>Scope</dt><dd>${scopeOf(report)}</dd></div>
<div><dt>Tool</dt><dd>Trailkey ${report.tool.version}, rule ${report.rule}</dd></div>
</dl>
<nav aria-label="Sections"><ul>${sectionsOf(report).map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
</header>
`;

/** A verdict on recorded data is as old as the data, whenever it was evaluated. */
const renderRecorded = ({ recorded }: Report): Markup =>
  recorded === undefined
    ? NOTHING
    : html`<div><dt>Data as of</dt><dd>${renderTime(recorded.oldest)} or later${recorded.stale ? html`. <strong>${STALE_DATA}</strong>` : NOTHING}</dd></div>\n`;

const scopeOf = ({ findings }: Report): string => {
  const accounts = new Set(findings.map(({ accountId }) => accountId));
  const regions = new Set(findings.map(({ region }) => region));
  return `${count(findings.length, 'finding')} in ${count(accounts.size, 'account')} and ${count(regions.size, 'Region')}`;
};

/** The notice, at the top of the page, that a report is incomplete. */
const renderIncompleteNotice = ({ errors, notEvaluated }: Report): Markup => {
  if (errors.length + notEvaluated.length === 0) return NOTHING;
  const failed =
    errors.length === 0
      ? NOTHING
      : html`<li>${count(errors.length, 'error')} occurred. <a href="#errors">View the errors</a>.</li>`;
  const skipped =
    notEvaluated.length === 0
      ? NOTHING
      : html`<li>${count(notEvaluated.length, 'trail')} ${notEvaluated.length === 1 ? 'was' : 'were'} not evaluated. \
<a href="#not-evaluated">View the trails and the next step</a>.</li>`;
  return html`<section class="incomplete" aria-labelledby="incomplete">
<h2 id="incomplete">This report is incomplete</h2>
<ul>${failed}${skipped}</ul>
</section>
`;
};
