import type { Finding } from '../../core/evaluate-trail.js';
import { sanitizeFinding } from './findings.js';
import type { Reporter } from './types.js';

/**
 * The findings as CSV for spreadsheets and scripts: UTF-8 without a byte order mark, with CRLF line endings.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export const renderCsv: Reporter = function* ({ findings }) {
  yield lineOf(Object.keys(COLUMNS));
  for (const finding of findings) {
    const shown = sanitizeFinding(finding);
    yield lineOf(Object.values(COLUMNS).map((valueIn) => valueIn(shown) ?? ''));
  }
};

/** The columns and their values. The names are public API. */
const COLUMNS: Readonly<Record<string, (finding: Finding) => string | null | undefined>> = {
  accountId: ({ accountId }) => accountId,
  region: ({ region }) => region,
  trailName: ({ trailName }) => trailName,
  resourceId: ({ resourceId }) => resourceId,
  trailArn: ({ trailArn }) => trailArn,
  homeRegion: ({ homeRegion }) => homeRegion,
  kmsKeyId: ({ kmsKeyId }) => kmsKeyId,
  keyArn: ({ key }) => key?.arn,
  keyState: ({ key }) => key?.state,
  keyManager: ({ key }) => key?.manager,
  code: ({ code }) => code,
  severity: ({ severity }) => severity,
  compliance: ({ compliance }) => compliance,
  message: ({ message }) => message,
  nextStep: ({ nextStep }) => nextStep,
};

const lineOf = (cells: readonly string[]): string => `${cells.map(cellOf).join(',')}\r\n`;

const cellOf = (text: string): string => {
  const value = text.replace(FORMULA, "$&'");
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
};

/**
 * The start of a formula in a spreadsheet, full-width characters included; an apostrophe turns it into text. In locales with a decimal
 * comma, spreadsheets also split cells at semicolons, even within quotes that do not begin the line.
 */
const FORMULA = /(?:^|;)(?=[\s"]*[=+\-@＝＋－＠])/g;
