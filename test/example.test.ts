import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { exampleFiles } from '../examples/organization.js';
import { isJsonObject } from '../src/core/json-value.js';
import { VERDICT_CODES } from '../src/core/verdict.js';
import { runCheck } from './support/run-check.js';

const EXAMPLES = fileURLToPath(new URL('../examples/', import.meta.url));
const ORGANIZATION = `${EXAMPLES}organization`;
const WITH_PARAMETERS = ['--param-file', `${EXAMPLES}parameters.json`];

it.each([...exampleFiles()])('%s is what the script makes', async (path, text) => {
  const bytes = await readFile(EXAMPLES + path);

  expect((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()).toBe(text);
});

it('shows every verdict but KEY_PRESENT in one run, with nothing left notEvaluated', async () => {
  const { report } = await runCheck(ORGANIZATION, ...WITH_PARAMETERS);

  const shown = new Set(report.findings.map(({ code }) => code));
  expect(VERDICT_CODES.filter((code) => !shown.has(code))).toEqual(['KEY_PRESENT']);
  expect(report).toMatchObject({ notEvaluated: [], errors: [] });
});

it('shows KEY_PRESENT in a second run', async () => {
  const { report } = await runCheck(ORGANIZATION, '--param', 'keyVerification=presence');

  expect(report.summary.codes['KEY_PRESENT']).toBeGreaterThan(0);
});

it('has the same findings whenever it is evaluated, except for the days left', async () => {
  const years = [2026, 2040, 2060].map((year) => Date.UTC(year, 5, 1));

  const runs = await Promise.all(
    years.map((now) =>
      runCheck({ now }, ORGANIZATION, ...WITH_PARAMETERS).then(({ report }) =>
        report.findings.map(({ daysLeft: _, ...finding }) => finding),
      ),
    ),
  );

  expect(runs[1]).toEqual(runs[0]);
  expect(runs[2]).toEqual(runs[0]);
});

it('holds hundreds of items of other types, in the folders that AWS Config writes', () => {
  const snapshots = [...exampleFiles()].filter(([path]) => path.endsWith('.gz'));
  const items = snapshots.flatMap(([, text]) => {
    const snapshot: unknown = JSON.parse(text);
    return isJsonObject(snapshot) && Array.isArray(snapshot['configurationItems'])
      ? snapshot['configurationItems']
      : [];
  });
  const others = items.filter((item) => !/CloudTrail::Trail|KMS::/.test(item.resourceType));

  expect(others.length).toBeGreaterThan(400);
  for (const [path] of snapshots) {
    expect(path).toMatch(
      /^organization\/AWSLogs\/(\d{12})\/Config\/([a-z0-9-]+)\/2026\/1\/5\/ConfigSnapshot\/\1_Config_\2_ConfigSnapshot_\d{8}T\d{6}Z_[0-9a-f-]{36}\.json\.gz$/,
    );
  }
});
