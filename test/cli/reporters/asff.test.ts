import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/core/report.js';
import {
  MAX_CHARACTERS,
  MAX_FINDINGS,
  MAX_REQUIREMENTS,
  REQUIRED_FIELDS,
} from '../../support/asff-limits.js';
import { exampleReport } from '../../support/example-report.js';
import { HOSTILE_NAMES, hostileReport } from '../../support/hostile-names.js';
import { render } from '../../support/render.js';

const batchesOf = async (report: Report): Promise<any[][]> => JSON.parse(await render('asff', report));
const findingsOf = async (report: Report) => (await batchesOf(report)).flat();

const textAt = (finding: any, path: string): string =>
  path.split('.').reduce((value, step) => value?.[step], finding) ?? '';

describe.each([
  ['the example organization', exampleReport],
  ['hostile names', async () => hostileReport(...Object.values(HOSTILE_NAMES).filter((name) => name.trim()))],
])('every finding of %s', (_, report) => {
  it('has the fields that BatchImportFindings requires', async () => {
    for (const finding of await findingsOf(await report())) {
      for (const field of REQUIRED_FIELDS) expect(finding, field).toHaveProperty(field);
    }
  });

  it('is within the limits', async () => {
    for (const finding of await findingsOf(await report())) {
      for (const [path, max] of Object.entries(MAX_CHARACTERS)) {
        expect(textAt(finding, path).length, path).toBeLessThanOrEqual(max);
      }
      expect(finding.Compliance.RelatedRequirements?.length ?? 1).toBeLessThanOrEqual(MAX_REQUIREMENTS);
      expect(JSON.stringify(finding).length).toBeLessThan(240_000);
    }
  });

  it('has no empty text', async () => {
    for (const finding of await findingsOf(await report())) {
      expect(JSON.stringify(finding)).not.toMatch(/:"\s*"/);
    }
  });
});

describe('a batch', () => {
  it.each([
    [1, [1]],
    [100, [100]],
    [101, [100, 1]],
    [250, [100, 100, 50]],
  ])('of %i findings of one account and Region is split into %j', async (count, sizes) => {
    const report = hostileReport('audit');
    const [finding] = report.findings;
    const findings = Array.from({ length: count }, () => finding).filter((entry) => entry !== undefined);

    const batches = await batchesOf({ ...report, findings });

    expect(batches.map(({ length }) => length)).toEqual(sizes);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_FINDINGS);
  });

  it('contains findings of one account and Region, like a call', async () => {
    const batches = await batchesOf(await exampleReport());

    for (const batch of batches) {
      expect(new Set(batch.map(({ ProductArn }) => ProductArn)).size).toBe(1);
    }
    expect(batches).toHaveLength(7);
  });

  it('does not exist without trails', async () => {
    expect(await batchesOf(hostileReport())).toEqual([]);
  });
});

describe('a finding', () => {
  it('has the status of its compliance and the label of its severity', async () => {
    const report = await exampleReport();

    const findings = await findingsOf(report);

    const statuses = { COMPLIANT: 'PASSED', NON_COMPLIANT: 'FAILED', NOT_APPLICABLE: 'NOT_AVAILABLE' };
    expect(findings).toHaveLength(report.findings.length);
    for (const [index, { code, compliance, severity, accountId, region }] of report.findings.entries()) {
      expect(findings[index]).toMatchObject({
        AwsAccountId: accountId,
        Region: region,
        Severity: { Label: severity },
        Compliance: { Status: statuses[compliance], StatusReasons: [{ ReasonCode: code }] },
        ProductFields: { 'trailkey/Code': code },
        RecordState: code === 'TRAIL_NOT_FOUND' ? 'ARCHIVED' : 'ACTIVE',
      });
    }
  });

  it('has a unique id that does not depend on the run or the verdict', async () => {
    const report = await exampleReport();
    const later: Report = {
      ...report,
      evaluatedAt: '2026-02-01T00:00:00.000Z',
      findings: report.findings.map((finding) => ({ ...finding, code: 'KEY_DISABLED' })),
    };

    const ids = (await findingsOf(report)).map(({ Id }) => Id);

    expect(new Set(ids).size).toBe(report.findings.length);
    expect((await findingsOf(later)).map(({ Id }) => Id)).toEqual(ids);
  });

  it('has the product ARN of its account, Region, and partition', async () => {
    const arns = (await findingsOf(await exampleReport())).map(({ ProductArn }) => ProductArn);

    expect(arns).toContain(
      'arn:aws-us-gov:securityhub:us-gov-west-1:222233334444:product/222233334444/default',
    );
    expect(arns).toContain('arn:aws:securityhub:eu-west-1:444455556666:product/444455556666/default');
  });

  it('contains the key and the trail if the key ARN is known', async () => {
    const findings = await findingsOf(await exampleReport());

    const types = findings.map(({ Resources }) => Resources.map(({ Type }: { Type: string }) => Type).join());
    expect(new Set(types)).toEqual(new Set(['AwsCloudTrailTrail', 'AwsCloudTrailTrail,AwsKmsKey']));
  });

  it('contains related requirements only for verdicts that a standard requires', async () => {
    const findings = await findingsOf(await exampleReport());

    const requirementsOf = (code: string) =>
      findings.find(({ ProductFields }) => ProductFields['trailkey/Code'] === code).Compliance
        .RelatedRequirements;
    expect(requirementsOf('KEY_DISABLED')).toContain('PCI DSS v3.2.1/3.4');
    expect(requirementsOf('KEY_POLICY_OPEN')).toBeUndefined();
  });
});
