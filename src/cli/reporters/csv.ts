import type { Finding } from '../../core/evaluate-trail.js';
import { isStale, type Report } from '../../core/report.js';
import { sanitize } from '../terminal.js';
import { sanitizeFinding } from './findings.js';
import { changesIn, type FindingChange } from './sentences.js';
import type { Reporter } from './types.js';

/**
 * The findings as CSV for spreadsheets and scripts: UTF-8 without a byte order mark, with CRLF line endings.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export const renderCsv: Reporter = function* (report) {
  yield lineOf(Object.keys(COLUMNS));
  const changeOf = changesIn(report);
  for (const finding of report.findings) {
    const row = { report, change: changeOf(finding) };
    const shown = sanitizeFinding(finding);
    yield lineOf(Object.values(COLUMNS).map((valueIn) => valueIn(shown, row) ?? ''));
  }
};

/** What a row contains besides the finding. */
type Row = { readonly report: Report; readonly change: FindingChange | undefined };

/** The columns and their values. The names and their order are public API: a new column is the last. */
const COLUMNS: Readonly<Record<string, (finding: Finding, row: Row) => string | null | undefined>> = {
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
  evaluatedAt: (_, { report }) => report.evaluatedAt,
  version: (_, { report }) => report.tool.version,
  mode: (_, { report }) => report.mode,
  accountName: ({ accountName }) => accountName,
  standard: ({ standard }) => standard,
  recordedAt: ({ recordedAt }) => recordedAt,
  stale: ({ recordedAt }, { report }) =>
    recordedAt === undefined ? undefined : String(isStale(recordedAt, report)),
  deletionDate: ({ deletionDate }) => deletionDate,
  daysLeft: ({ daysLeft }) => daysLeft?.toString(),
  commands: ({ commands }) => commands?.join(' && '),
  waiverReason: ({ waiver }) => waiver?.reason,
  waiverOwner: ({ waiver }) => waiver?.owner,
  waiverExpires: ({ waiver }) => waiver?.expires,
  change: (_, { change }) => change?.status,
  codeBefore: (_, { change }) => sanitize(change?.codeBefore ?? ''),
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
