import { expect, it } from 'vitest';
import { annotationOf } from '../../../src/core/annotation.js';
import type { Report } from '../../../src/core/report.js';
import { exampleReport, shortReport } from '../../support/example-report.js';
import { HOSTILE_NAMES, hostileReport } from '../../support/hostile-names.js';
import { problemsOf } from '../../support/ocsf-schema.js';
import { render } from '../../support/render.js';

const eventsOf = async (report: Report) => JSON.parse(await render('ocsf', report));

it.each([
  ['the example organization', exampleReport],
  ['problems', shortReport],
  ['hostile names', async () => hostileReport(...Object.values(HOSTILE_NAMES))],
])('the events of %s are valid OCSF Compliance Findings', async (_, report) => {
  const events = await eventsOf(await report());

  expect(events.flatMap((event: unknown) => problemsOf(event, 'compliance_finding'))).toEqual([]);
});

it('rejects invalid events', () => {
  expect(problemsOf({ class_uid: 2001, compliance: { status_id: 7 } }, 'compliance_finding')).toEqual(
    expect.arrayContaining([
      'compliance_finding.finding_info is missing',
      'compliance_finding.class_uid is 2001 and not 2003',
      'compliance_finding.compliance.status_id is 7 and not 0|1|2|3|99',
    ]),
  );
});

it('is an array of one event for each finding, with its severity and compliance', async () => {
  const report = await exampleReport();

  const events = await eventsOf(report);

  const severities = { INFORMATIONAL: 'Informational', LOW: 'Low', MEDIUM: 'Medium', HIGH: 'High' };
  const statuses = { COMPLIANT: 'Pass', NON_COMPLIANT: 'Fail', NOT_APPLICABLE: 'Not Applicable' };
  expect(events).toHaveLength(report.findings.length);
  for (const [index, finding] of report.findings.entries()) {
    expect(events[index]).toMatchObject({
      time: Date.parse(report.evaluatedAt),
      severity: severities[finding.severity],
      message: annotationOf(finding),
      cloud: { account: { uid: finding.accountId }, region: finding.region },
      compliance: { status: statuses[finding.compliance], status_code: finding.code },
      resources: [{ uid: finding.trailArn, region: finding.homeRegion }],
    });
  }
});

it('is an empty array without trails', async () => {
  expect(await eventsOf(hostileReport())).toEqual([]);
});

it('contains the partition of a trail, or aws if the ARN has none', async () => {
  const events = await eventsOf(await exampleReport());
  const [, , , , , withoutPartition] = await eventsOf(hostileReport('a b'));

  const partitions = events.map(({ cloud }: { cloud: { cloud_partition: string } }) => cloud.cloud_partition);
  expect(new Set(partitions)).toEqual(new Set(['aws', 'aws-us-gov']));
  expect(withoutPartition.cloud.cloud_partition).toBe('aws');
});
