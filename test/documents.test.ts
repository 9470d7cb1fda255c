import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { FORMATS } from '../src/cli/reporters/index.js';
import { PARAMETER_NAMES } from '../src/core/rule-parameters.js';
import { CATALOGUE, VERDICT_CODES } from '../src/core/verdict.js';
import { PAGES, SHOWN_COMMANDS } from './support/code-blocks.js';
import { placeholdersIn } from './support/placeholders.js';
import { filesBelow, ROOT, textAt } from './support/project.js';
import { runModule } from './support/run-module.js';

/** A Markdown text, its tables without the blanks that line their columns up. */
const markdownAt = (path: string): string => textAt(path).replace(/ +\|/g, ' |');

const README = markdownAt('README.md');

describe('the README', () => {
  it('has the two commands, one line each', () => {
    expect(README).toMatch(/^npm ci && npm run demo$/m);
    expect(README).toMatch(/^npm ci && npm test$/m);
  });

  it('names every verdict with its compliance and severity', () => {
    for (const code of VERDICT_CODES) {
      const { compliance, severity } = CATALOGUE[code];
      expect(README).toContain(`| [\`${code}\`](docs/verdicts/${code}.md) | ${compliance} | ${severity} |`);
    }
  });

  it('names every format', () => {
    const formats = README.slice(README.indexOf('## Formats'), README.indexOf('## Verdicts'));

    expect([...formats.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)).toEqual(FORMATS);
  });

  it('has code that runs as it stands', async () => {
    const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(README) ?? [];
    const said = await runModule(code.replace("from 'trailkey'", `from '${ROOT}src/index.js'`));

    expect(said).toMatch(/^KEY_DISABLED Key arn:aws:kms:/);
  });
});

it.each(PAGES)('%s names scripts that there are', (path) => {
  const scripts = [...textAt(path).matchAll(/npm run ([a-z:]+)/g)].map(([, name = '']) => name);

  expect(scripts.filter((name) => !Object.hasOwn(manifest.scripts, name))).toEqual([]);
});

it('docs/parameters.md lists every rule parameter', () => {
  const page = markdownAt('docs/parameters.md');

  for (const name of PARAMETER_NAMES) expect(page).toContain(`\n| \`${name}\` |`);
});

it('the README leads to every page, the pages of the verdicts by their list', () => {
  const pages = PAGES.filter((page) => page !== 'README.md' && !page.startsWith('docs/verdicts/'));

  for (const page of [...pages, 'docs/verdicts/README.md', 'CHANGELOG.md'])
    expect(README).toContain(`](${page})`);
});

describe('CI', () => {
  it('calls the command of the README', () => {
    expect(textAt('.ci/run')).toContain("readme 'npm ci && npm test'");
  });
});

describe('the pages of the verdicts', () => {
  it('are there for each code, and for no other', () => {
    expect(filesBelow('docs/verdicts').map((path) => path.replace(/^docs\/verdicts\/|\.md$/g, ''))).toEqual(
      ['README', ...VERDICT_CODES].toSorted(),
    );
  });

  it.each(VERDICT_CODES)('%s has the headings, the title and the grade of its catalogue row', (code) => {
    const page = markdownAt(`docs/verdicts/${code}.md`);
    const { title, compliance, severity } = CATALOGUE[code];

    expect(
      [...page.replace(/```[\s\S]*?```/g, '').matchAll(/^#+ .*$/gm)].map(([heading]) => heading),
    ).toEqual([`# ${code}`, '## What it means', '## Why it matters', '## How to fix', '## Exceptions']);
    expect(page).toContain(`\n**Compliant state:** ${title}.\n`);
    expect(page).toContain(`| ${compliance} | ${severity} |`);
  });

  it('are each on the page on severity, with when to act', () => {
    const [, table = ''] = markdownAt('docs/severity.md').split('\n## When to act\n');
    const acts = [...table.matchAll(/^\|[^|]*\|([^|]*)\|/gm)].flatMap(
      ([, cell = '']) => cell.match(/[A-Z_]{5,}/g) ?? [],
    );

    expect(acts.toSorted()).toEqual(VERDICT_CODES.toSorted());
  });

  it('have only placeholders that their list explains', () => {
    const [, list = ''] = markdownAt('docs/verdicts/README.md').split('## Placeholders');
    const pages = SHOWN_COMMANDS.filter(({ page }) => page.startsWith('docs/verdicts/'));
    const inPages = pages.flatMap(({ words }) => words.flatMap(placeholdersIn));

    for (const word of inPages) expect(list).toContain(`\`${word}\``);
    expect(inPages.length).toBeGreaterThan(50);
  });

  it('are listed with title and grade', () => {
    const list = markdownAt('docs/verdicts/README.md');

    for (const code of VERDICT_CODES) {
      const { title, compliance, severity } = CATALOGUE[code];
      expect(list).toContain(`| [${code}](${code}.md) | ${compliance} | ${severity} | ${title} |`);
    }
  });
});

const MARKDOWN = ['CHANGELOG.md', ...PAGES];

/** The anchors of a page, as GitHub makes them of its headings. */
const anchorsOf = (markdown: string): readonly string[] =>
  [...markdown.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

it.each(MARKDOWN)('%s links to files that there are, and to headings that they have', (path) => {
  const links = [...textAt(path).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];

  for (const [link, target = '', anchor] of links) {
    const file = target === '' ? path : join(dirname(path), target);
    expect(existsSync(ROOT + file), link).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(textAt(file)), link).toContain(anchor);
  }
});
