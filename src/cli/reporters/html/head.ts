import { createHash } from 'node:crypto';
import { text as script } from './browser/main.ts?text';
import { html, type Markup, trusted } from './markup.js';
import { text as base } from './style/base.css?text';
import { text as figures } from './style/figures.css?text';
import { text as findings } from './style/findings.css?text';
import { text as narrow } from './style/narrow.css?text';
import { text as print } from './style/print.css?text';
import { text as printFindings } from './style/print-findings.css?text';
import { text as rows } from './style/rows.css?text';
import { text as summary } from './style/summary.css?text';
import { text as tables } from './style/tables.css?text';
import { text as verdicts } from './style/verdicts.css?text';

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
