import type { Finding } from '../../core/evaluate-trail.js';
import { sanitizeFinding } from './findings.js';
import type { Reporter } from './types.js';

/**
 * The findings as a table for spreadsheets and scripts: UTF-8 without a byte-order mark, lines that end with CR LF.
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

/** The header, which is public API, and where each column takes its value. */
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
 * Where a spreadsheet would compute, full-width signs included; an apostrophe makes it text. Where the decimal sign is a comma,
 * cells also end at a semicolon, even within quotes that do not begin the line.
 */
const FORMULA = /(?:^|;)(?=[\s"]*[=+\-@＝＋－＠])/g;
