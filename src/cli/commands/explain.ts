import type { ExitCode } from '../../core/report.js';
import { CATALOGUE, isVerdictCode, VERDICT_CODES, type VerdictCode } from '../../core/verdict.js';
import { renderPage } from '../markdown-page.js';
import { type Page, pageFor } from '../reporters/page.js';
import { layoutFor, type Terminal } from '../terminal.js';
import { didYouMean, UsageError } from '../usage-error.js';
import { VERDICT_PAGES } from '../verdict-pages.js';

/**
 * Prints the page of a verdict, or a list of all verdicts.
 *
 * @throws UsageError where there is no such verdict
 */
export const explain = (name: string | undefined, terminal: Terminal): ExitCode => {
  const layout = layoutFor(terminal);
  const pieces =
    name === undefined
      ? renderList(pageFor(layout))
      : renderPage(VERDICT_PAGES[codeNamed(name)], pageFor(layout));
  for (const piece of pieces) terminal.stdout.write(piece);
  return 0;
};

const codeNamed = (name: string): VerdictCode => {
  const code = name.toUpperCase().replaceAll('-', '_');
  if (isVerdictCode(code)) return code;
  throw new UsageError(
    `There is no verdict "${name}".${didYouMean(code, VERDICT_CODES)} trailkey explain lists all.`,
  );
};

const HEADINGS = [
  { heading: 'HIGH', style: 'red' },
  { heading: 'MEDIUM', style: 'yellow' },
  { heading: 'LOW', style: 'yellow' },
  { heading: 'COMPLIANT', style: 'green' },
  { heading: 'NOT_APPLICABLE', style: 'dim' },
] as const;

/** A title that is narrower than this is no longer read at a glance. */
const MIN_TITLE_COLUMNS = 20;

/** A title beside its code, or below it where the line has no room for both. */
function* renderEntry(code: VerdictCode, page: Page, width: number): Iterable<string> {
  const { title } = CATALOGUE[code];
  if (page.columns - width >= MIN_TITLE_COLUMNS) return yield* page.row([code, title], [width]);
  yield* page.line(code, { indent: 2 });
  yield* page.line(title, { indent: 4 });
}

function* renderList(page: Page): Iterable<string> {
  yield* page.paragraph('The verdicts, each with what holds where all is well.');
  const width = Math.max(...VERDICT_CODES.map((code) => code.length));
  for (const { heading, style } of HEADINGS) {
    const codes = VERDICT_CODES.filter((code) => headingOf(code).endsWith(heading));
    for (const title of codes.slice(0, 1).map(headingOf)) yield* page.line(page.paint(title, style));
    for (const code of codes) yield* renderEntry(code, page, width);
    yield '\n';
  }
  yield* page.line('Next: trailkey explain CODE');
}

/** The compliance, with the severity where something is wrong. */
const headingOf = (code: VerdictCode): string => {
  const { compliance, severity } = CATALOGUE[code];
  return compliance === 'NON_COMPLIANT' ? `${compliance}, ${severity}` : compliance;
};
