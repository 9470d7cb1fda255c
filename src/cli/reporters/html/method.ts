import type { Report } from '../../../core/report.js';
import { DEFAULT_PARAMETERS, PARAMETER_NAMES } from '../../../core/rule-parameters.js';
import { formatTimestamp, html, type Markup, NOTHING } from './markup.js';

/** How and when it was judged: all that it takes to judge again, and what went wrong. */
export const renderMethod = (
  report: Report,
): Markup => html`<section id="method" aria-labelledby="method-heading">
<h2 id="method-heading">How it was judged</h2>
<p>Each trail got the first verdict that applies to it, by the state of the KMS key that it names. What is not known never passes.</p>
<dl class="method">
<dt>Judged</dt><dd><time datetime="${report.evaluatedAt}">${formatTimestamp(report.evaluatedAt)}</time> <span class="soft">(${report.evaluatedAt})</span></dd>
<dt>By</dt><dd>Trailkey ${report.tool.version}</dd>
<dt>Rule</dt><dd><code>${report.rule}</code></dd>
<dt>Sources</dt><dd>${renderSources(report.sources)}</dd>
${renderNotes(report)}${renderRecorded(report)}</dl>
<h3>Rule parameters</h3>
${renderParameters(report.parameters)}
<h3 id="errors">What went wrong</h3>
${renderErrors(report)}
<h3 id="not-evaluated">What was not judged</h3>
${renderNotEvaluated(report)}
<p>An account or a Region that the sources say nothing of does not show in this report: compare its accounts and Regions with yours.</p>
</section>
`;

const renderRecorded = ({ recorded }: Report): Markup =>
  recorded === undefined
    ? NOTHING
    : html`<dt>Recorded</dt><dd>AWS Config recorded the oldest of these facts on ${formatTimestamp(recorded.oldest)}, the newest on ${formatTimestamp(recorded.newest)}. What has changed since is not seen.</dd>\n`;

const renderNotes = ({ notes = [] }: Report): Markup =>
  notes.length === 0
    ? NOTHING
    : html`<dt>Not looked at</dt><dd><ul class="plain">${notes.map((note) => html`<li>${note}</li>`)}</ul></dd>\n`;

const renderSources = (sources: readonly string[]): Markup =>
  sources.length === 0
    ? html`none named`
    : html`<ul class="plain">${sources.map((source) => html`<li><code>${source}</code></li>`)}</ul>`;

/** All of them, since the reader may not know the defaults. */
const renderParameters = (given: Report['parameters']): Markup =>
  html`<dl class="method">${PARAMETER_NAMES.map(
    (name) => html`<dt><code>${name}</code></dt><dd>${renderParameter(given[name] ?? '', name)}</dd>\n`,
  )}</dl>`;

const DEFAULTS: Readonly<Record<string, unknown>> = DEFAULT_PARAMETERS;

const renderParameter = (given: string, name: string): Markup => {
  if (given !== '') return renderValue(given);
  const value = String(DEFAULTS[name]);
  return html`${value === '' ? html`any key` : html`<code>${value}</code>`} <span class="soft">(default)</span>`;
};

/** A list of ARNs is read line by line. */
const renderValue = (value: string): Markup =>
  value.includes(',')
    ? html`<ul class="plain">${value.split(',').map((entry) => html`<li><code>${entry.trim()}</code></li>`)}</ul>`
    : html`<code>${value}</code>`;

const renderErrors = ({ errors }: Report): Markup =>
  errors.length === 0
    ? html`<p>Nothing: everything named could be read and asked.</p>`
    : html`<p>Until these are mended the report is not the whole truth.</p>
<dl class="method">${errors.map(({ source, message }) => html`<dt><code>${source}</code></dt><dd>${message}</dd>\n`)}</dl>`;

const renderNotEvaluated = ({ notEvaluated }: Report): Markup =>
  notEvaluated.length === 0
    ? html`<p>Every trail that is known of was judged.</p>`
    : html`<p>These trails were seen only as copies or from member accounts, or something went wrong where they are. Add the snapshot of the account and home Region of each, or scan that account.</p>
<ul class="plain">${notEvaluated.map(
        ({ trailArn, homeRegion, ownerAccountId }) =>
          html`<li><code>${trailArn}</code> <span class="soft">account ${ownerAccountId}, home Region ${homeRegion}</span></li>\n`,
      )}</ul>`;

/** The foot of the page. */
export const renderFoot = ({ tool, rule }: Report): Markup =>
  html`<footer><p>Made by Trailkey ${tool.version} (${rule}). This page loads nothing and sends nothing.</p></footer>\n`;
