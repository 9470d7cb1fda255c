import type { ExitCode } from '../../core/report.js';
import { CATALOGUE, isVerdictCode, VERDICT_CODES, type VerdictCode } from '../../core/verdict.js';
import { renderPage } from '../markdown-page.js';
import { type Page, pageFor } from '../reporters/page.js';
import { layoutFor, type Terminal } from '../terminal.js';
import { didYouMean, UsageError } from '../usage-error.js';
import { VERDICT_PAGES } from '../verdict-pages.js';

/**
 * Prints the page of a verdict, or the list of all verdicts if there is no code.
 *
 * @throws UsageError for an unknown verdict
 */
export const explain = (code: string | undefined, terminal: Terminal): ExitCode => {
  const page = pageFor(layoutFor(terminal));
  const pieces =
    code === undefined ? renderList(page) : [renderPage(VERDICT_PAGES[parseVerdictCode(code)], page)];
  for (const piece of pieces) terminal.stdout.write(piece);
  return 0;
};

const parseVerdictCode = (text: string): VerdictCode => {
  const code = text.toUpperCase().replaceAll('-', '_');
  if (isVerdictCode(code)) return code;
  throw new UsageError(
    `Unknown verdict "${text}".${didYouMean(code, VERDICT_CODES)} To list all verdicts, run trailkey explain.`,
  );
};

const HEADING_STYLES = [
  ['NON_COMPLIANT, HIGH', 'red'],
  ['NON_COMPLIANT, MEDIUM', 'yellow'],
  ['NON_COMPLIANT, LOW', 'yellow'],
  ['COMPLIANT', 'green'],
  ['NOT_APPLICABLE', 'dim'],
] as const;

function* renderList(page: Page): Iterable<string> {
  yield* page.paragraph('What each verdict means, highest severity first:');
  const width = Math.max(...VERDICT_CODES.map((code) => code.length));
  for (const [heading, style] of HEADING_STYLES) {
    yield* page.line(heading, { style });
    for (const code of VERDICT_CODES.filter((candidate) => headingOf(candidate) === heading)) {
      yield* renderEntry(code, page, width);
    }
    yield '\n';
  }
  yield* page.line('To read the page of a verdict, run: trailkey explain CODE');
}

/** The compliance, with the severity for NON_COMPLIANT. */
const headingOf = (code: VerdictCode): string => {
  const { compliance, severity } = CATALOGUE[code];
  return compliance === 'NON_COMPLIANT' ? `${compliance}, ${severity}` : compliance;
};

/** A narrower column is hard to read. */
const MIN_MEANING_COLUMNS = 20;

/** The meaning beside its code, or below it if the line is too short for both. */
function* renderEntry(code: VerdictCode, page: Page, width: number): Iterable<string> {
  const { meaning } = CATALOGUE[code];
  if (page.columns - width >= MIN_MEANING_COLUMNS) return yield* page.row([code, meaning], [width]);
  yield* page.line(code, { indent: 2 });
  yield* page.line(meaning, { indent: 4 });
}
