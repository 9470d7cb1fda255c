import { renderComparison } from './html/comparison.js';
import { renderFindings } from './html/findings.js';
import { renderHead, renderScript } from './html/head.js';
import { html } from './html/markup.js';
import { renderMasthead, renderReservations, TITLE } from './html/masthead.js';
import { renderFoot, renderMethod } from './html/method.js';
import { renderStandards } from './html/standards.js';
import { renderSummary } from './html/summary.js';
import { occurrencesIn, renderVerdicts } from './html/verdicts.js';
import type { Reporter } from './reporter.js';

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
