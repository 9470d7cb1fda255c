import { expect, it } from 'vitest';
import { galleryOf } from '../scripts/gallery.js';
import { FORMATS } from '../src/cli/reporters/index.js';
import type { Report } from '../src/core/report.js';
import type { VerdictCode } from '../src/core/verdict.js';
import { exampleReport } from './support/example-report.js';
import { textAt } from './support/project.js';
import { render } from './support/render.js';

const SHOWN: readonly VerdictCode[] = ['KEY_PENDING_DELETION', 'NO_KMS_KEY', 'CMK_USABLE'];

/** A few findings of the example: one of each kind tells how a format looks. */
const gallery = async (): Promise<string> => {
  const report = await exampleReport();
  const findings = SHOWN.flatMap((wanted) =>
    report.findings.filter(({ code }) => code === wanted).slice(0, 1),
  );
  const summary = {
    COMPLIANT: 1,
    NON_COMPLIANT: 2,
    NOT_APPLICABLE: 0,
    codes: Object.fromEntries(SHOWN.map((code) => [code, 1])),
  };
  const shown: Report = { ...report, parameters: { checkKeyPolicy: 'true' }, findings, summary };
  return galleryOf(shown, (format, source) => render(format, source, 100));
};

it('docs/formats.md is current: npm run gallery writes it again', async () => {
  await expect(await gallery()).toMatchFileSnapshot('../docs/formats.md');
});

it('shows every format', () => {
  const page = textAt('docs/formats.md');

  expect([...page.matchAll(/^## (\w+)$/gm)].map(([, name]) => name)).toEqual(FORMATS);
});
