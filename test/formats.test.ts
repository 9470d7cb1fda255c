import { expect, it } from 'vitest';
import { FORMATS } from '../src/cli/reporters/index.js';
import { textAt } from './support/project.js';

const PAGE = textAt('docs/formats.md');
const README = textAt('README.md');

const goldenAt = (format: string): string => textAt(`test/cli/golden/report.${format}`);
const paragraphsOf = (format: string, count: number): string =>
  goldenAt(format).split('\n\n').slice(0, count).join('\n\n').trim();

/** What the page shows of the golden files. */
const SAMPLES = {
  text: paragraphsOf('text', 5),
  json: JSON.stringify(JSON.parse(goldenAt('json')).findings[0], null, 2),
  markdown: paragraphsOf('markdown', 8),
};

it('docs/formats.md shows the golden files as they are: --update puts the samples in again', async () => {
  const withSamples = Object.entries(SAMPLES).reduce(
    (page, [language, sample]) =>
      page.replace(
        new RegExp(`^\`\`\`${language}\n[\\s\\S]*?^\`\`\`$`, 'm'),
        () => `\`\`\`${language}\n${sample}\n\`\`\``,
      ),
    PAGE,
  );

  await expect(withSamples).toMatchFileSnapshot('../docs/formats.md');
});

it('the README shows the first findings of the text report: --update puts them in again', async () => {
  const [conclusion, , ...parts] = goldenAt('text').split('\n\n');
  const excerpt = [conclusion, ...parts.slice(0, 4), '...'].join('\n\n');
  const withExcerpt = README.replace(/^```text\n[\s\S]*?^```$/m, () => `\`\`\`text\n${excerpt}\n\`\`\``);

  expect(README).toContain('```text\n');
  await expect(withExcerpt).toMatchFileSnapshot('../README.md');
});

it('docs/formats.md describes every format', () => {
  expect([...PAGE.matchAll(/^## (\w+)$/gm)].map(([, name]) => name)).toEqual(FORMATS);
  for (const format of FORMATS) expect(PAGE).toContain(`](../test/cli/golden/report.${format})`);
});
