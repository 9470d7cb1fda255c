import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { FORMATS, type Format } from '../../../src/cli/reporters/index.js';
import { shortReport } from '../../support/example-report.js';
import { folderOf } from '../../support/files.js';
import { HOSTILE_NAMES, hostileReport } from '../../support/hostile-names.js';
import { ROOT } from '../../support/project.js';
import { render } from '../../support/render.js';
import { run } from '../../support/run-check.js';

/** Characters that can act on a terminal, in a parser, or on the direction of text, except line endings. */
const ACTING = /(?![\r\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/u;

const SENTENCE = /older than 24 hours/;
const STALE: Readonly<Record<Format, RegExp>> = {
  text: SENTENCE,
  json: /"stale": true/,
  csv: /,2025-11-01T00:00:00.000Z,true,/,
  markdown: SENTENCE,
  html: SENTENCE,
  sarif: SENTENCE,
  junit: SENTENCE,
  ocsf: SENTENCE,
  asff: SENTENCE,
};

describe.each(FORMATS)('%s', (format) => {
  it('matches the golden file', async () => {
    const text = await render(format, await shortReport());

    await expect(text).toMatchFileSnapshot(`../golden/report.${format}`);
  });

  it('is the same for the same report', async () => {
    const report = await shortReport();

    expect(await render(format, report)).toBe(await render(format, report));
  });

  it.each(Object.entries(HOSTILE_NAMES))(
    'contains no active characters of a name that %s',
    async (_, name) => {
      const text = await render(format, hostileReport(name));

      expect(text).not.toMatch(ACTING);
      expect(text.replaceAll('\r\n', '\n')).not.toContain('\r');
    },
  );

  it('has the same number of lines if names contain line endings', async () => {
    const linesFor = async (name: string) =>
      (await render(format, hostileReport(name), 1000)).split('\n').length;

    expect(await linesFor('\r\n\u2028\n')).toBe(await linesFor('$bcdefgh'));
  });

  it('states that data in files is older than 24 hours', async () => {
    const { findings, recorded, ...rest } = await shortReport();
    const old = '2025-11-01T00:00:00.000Z';
    const stale = {
      ...rest,
      recorded: { oldest: old, newest: recorded?.newest ?? old, stale: true },
      findings: findings.map((finding) => ({ ...finding, recordedAt: old })),
    };

    const text = (await render(format, stale)).replace(/\s+/g, ' ');

    expect(text).toMatch(STALE[format]);
    expect((await render(format, await shortReport())).replace(/\s+/g, ' ')).not.toMatch(STALE[format]);
  });

  it('renders a report without trails', async () => {
    const text = await render(format, hostileReport());

    expect(text).toMatch(/\n$/);
  });

  it('is the same in a file and on standard output', async () => {
    const folder = await folderOf();
    const file = `${folder}/report`;
    const check = ['check', `${ROOT}examples/organization`, '--format', format];

    const { stdout, exitCode } = await run([...check, '--output', `${format}=${file}`], {
      env: { COLUMNS: '100' },
    });

    expect(exitCode).toBe(1);
    expect(await readFile(file, 'utf8')).toBe(stdout);
  });
});
