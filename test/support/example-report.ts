import { type Report, summarize } from '../../src/core/report.js';
import type { VerdictCode } from '../../src/core/verdict.js';
import { ROOT } from './project.js';
import { runCheck } from './run-check.js';

/** The report of the example organization, which shows every verdict, at a fixed time and of a fixed version. */
export const exampleReport = async (): Promise<Report> => {
  const { report } = await runCheck(
    `${ROOT}examples/organization`,
    '--param-file',
    `${ROOT}examples/parameters.json`,
  );
  return { ...report, tool: { name: 'trailkey', version: '1.2.3' }, sources: ['examples/organization'] };
};

const FEW: readonly VerdictCode[] = [
  'KEY_PENDING_DELETION',
  'KEY_POLICY_OPEN',
  'KEY_ROTATION_OFF',
  'CMK_USABLE',
  'SHADOW_TRAIL',
  'ORGANIZATION_TRAIL',
  'TRAIL_NOT_FOUND',
];

/** A short report with all parts: each rank, a trail that was not evaluated, and an error. */
export const shortReport = async (): Promise<Report> => {
  const report = await exampleReport();
  const firstOf = (wanted: VerdictCode) => report.findings.filter(({ code }) => code === wanted).slice(0, 1);
  const findings = FEW.flatMap(firstOf);
  return {
    ...report,
    parameters: { checkKeyPolicy: 'true' },
    summary: summarize(findings),
    findings,
    notEvaluated: [
      {
        trailArn: 'arn:aws:cloudtrail:eu-west-1:555566667777:trail/audit',
        homeRegion: 'eu-west-1',
        ownerAccountId: '555566667777',
        inScope: false,
      },
    ],
    errors: [{ source: 'snapshots/cut.json', message: 'The text ends in the middle, at byte 4096.' }],
  };
};
