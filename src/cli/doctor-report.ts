import type { Identity } from '../aws/session.js';
import type { ExitCode } from '../core/report.js';
import { CHECK_IDS, CHECK_TITLES, type CheckId, type Diagnosis } from '../doctor/diagnose.js';
import type { Outcome } from '../doctor/outcome.js';
import { VERSION } from '../version.js';
import { count } from './reporters/findings.js';
import { toJson } from './reporters/json.js';
import { type Page, pageFor, widthOf } from './reporters/page.js';
import type { Layout } from './reporters/types.js';
import { sanitize } from './terminal.js';

/** The outcome of a check with its ID, and its title, which states the compliant state. */
type Check = Outcome & { readonly id: CheckId; readonly title: string };

/** The report of `doctor`. This is the shape of its JSON output: its fields are public API. `docs/doctor.md` describes them. */
export type DoctorReport = {
  readonly schemaVersion: '1.0';
  readonly tool: { readonly name: 'trailkey'; readonly version: string };
  readonly checkedAt: string;
  readonly accountId: string;
  readonly region: string;
  /** The ARN of the caller. */
  readonly caller: string;
  /** The name of the rule, or null if there is none. */
  readonly rule: string | null;
  readonly summary: Readonly<Record<Outcome['status'], number>>;
  readonly checks: readonly Check[];
};

/** What a report is about besides the diagnosis. `checkedAt` is in milliseconds since 1970. */
export type DoctorRun = {
  readonly identity: Identity;
  readonly region: string;
  readonly checkedAt: number;
};

/** Creates the report. */
export const createDoctorReport = (
  { rule, outcomes }: Diagnosis,
  { identity, region, checkedAt }: DoctorRun,
): DoctorReport => {
  const checks = CHECK_IDS.map((id): Check => ({ id, title: CHECK_TITLES[id], ...outcomes[id] }));
  const countOf = (status: Outcome['status']) => checks.filter((check) => check.status === status).length;
  return {
    schemaVersion: '1.0',
    tool: { name: 'trailkey', version: VERSION },
    checkedAt: new Date(checkedAt).toISOString(),
    accountId: identity.accountId,
    region,
    caller: identity.arn,
    rule,
    summary: {
      ok: countOf('ok'),
      warning: countOf('warning'),
      failed: countOf('failed'),
      skipped: countOf('skipped'),
    },
    checks,
  };
};

/** 1 if something must be fixed, otherwise 2 if a check was skipped, otherwise 0. */
export const doctorExitCode = ({ summary }: DoctorReport): ExitCode => {
  if (summary.failed + summary.warning > 0) return 1;
  return summary.skipped > 0 ? 2 : 0;
};

/** The formats of the report. */
export const DOCTOR_FORMATS = ['text', 'json'] as const;

/** Renders the report as JSON. */
export const renderDoctorJson = (report: DoctorReport): string => `${toJson(report)}\n`;

/** Renders the report for the terminal: what must be fixed first, then what was skipped, then what passed. */
export function* renderDoctorText(report: DoctorReport, layout: Layout): Iterable<string> {
  const page = pageFor(layout);
  const { accountId, region, rule, checks } = report;
  yield* page.paragraph(
    `Account ${accountId} in ${region}${rule === null ? '' : `, rule ${sanitize(rule)}`}`,
  );
  for (const status of ['failed', 'warning', 'skipped'] as const) {
    for (const check of checks) {
      if (check.status === status && check.nextStep !== null) yield* renderProblem(check, page);
    }
  }
  for (const status of ['skipped', 'ok'] as const) {
    yield* renderRows(
      status,
      checks.filter((check) => check.status === status && check.nextStep === null),
      page,
    );
  }
  yield* page.line(conclusionOf(report), { style: 'bold' });
}

const STYLES = { failed: 'red', warning: 'yellow', skipped: 'dim', ok: 'green' } as const;

function* renderProblem({ id, title, ...outcome }: Check, page: Page): Iterable<string> {
  const { status, message, details, nextStep, commands } = outcome;
  yield* page.line(
    `${page.paint(status.toUpperCase(), STYLES[status])}  ${page.paint(id, 'bold')}  ${title}`,
  );
  yield* page.line(sanitize(message), { indent: 2 });
  for (const detail of details) yield* page.line(sanitize(detail), { indent: 4 });
  yield* page.line(`Next: ${sanitize(nextStep ?? '')}`, { indent: 2 });
  // Not wrapped, so that they can be copied.
  for (const command of commands) yield `    ${sanitize(command)}\n`;
  yield '\n';
}

/** The checks where nothing is to be done, one on a line. */
function* renderRows(status: 'ok' | 'skipped', checks: readonly Check[], page: Page): Iterable<string> {
  if (checks.length === 0) return;
  const width = Math.max(...checks.map(({ id }) => widthOf(id)));
  yield* page.line(`${page.paint(status.toUpperCase(), STYLES[status])}  ${count(checks.length, 'check')}`);
  for (const { id, message } of checks) yield* page.row([id, sanitize(message)], [width]);
  yield '\n';
}

const conclusionOf = ({ summary, checks }: DoctorReport): string => {
  const { ok, warning, failed, skipped } = summary;
  if (ok === checks.length) return 'All checks passed.';
  const parts = [
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(warning > 0 ? [count(warning, 'warning')] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  return `${ok} of ${count(checks.length, 'check')} passed; ${parts.join(', ')}.`;
};
