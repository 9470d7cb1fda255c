import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { renderPage } from '../../src/cli/markdown-page.js';
import { pageFor } from '../../src/cli/reporters/page.js';
import { CATALOGUE, VERDICT_CODES } from '../../src/core/verdict.js';
import { textAt } from '../support/project.js';
import { run } from '../support/run-check.js';

/** Letters and digits, without what a terminal or Markdown sets them with. */
const lettersOf = (text: string): string =>
  stripVTControlCharacters(text)
    .replace(/^```\w*$/gm, '')
    .replace(/\]\([^)]*\)/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, '');

describe.each(VERDICT_CODES)('the page of %s', (code) => {
  const markdown = textAt(`docs/verdicts/${code}.md`);

  it('is shown with every word and every line of code', async () => {
    const { exitCode, stdout } = await run(['explain', code], { columns: 80 });

    const [page = ''] = stdout.split('See also:');
    expect(exitCode).toBe(0);
    expect(lettersOf(page)).toBe(lettersOf(markdown));
    for (const [, block = ''] of markdown.matchAll(/^```\w*\n([\s\S]*?)^```$/gm)) {
      for (const line of block.split('\n').filter((text) => text !== ''))
        expect(stdout).toContain(`\n    ${line}\n`);
    }
  });

  it.each([60, 80, 200])('fits %i columns, code aside', async (columns) => {
    const { stdout } = await run(['explain', code], { columns });

    const lines = stripVTControlCharacters(stdout).split('\n');
    const isCode = (line: string) => line.startsWith('    ') && markdown.includes(`\n${line.slice(4)}\n`);
    expect(
      Math.max(...lines.filter((line) => !isCode(line)).map((line) => stringWidth(line))),
    ).toBeLessThanOrEqual(columns);
  });

  it('uses only what is rendered', () => {
    const prose = markdown.replace(/^```\w*\n[\s\S]*?^```$/gm, '').replace(/`[^`\n]+`/g, '');

    expect(prose).not.toMatch(/^(?:###|\d+\.|>|\* |\+ | +[-*] |\t| {4}|---|===|!\[)/m);
    expect(prose).not.toMatch(/[<>]|__|\b_|_\b(?!\w)|!\[|\]\[|^\[[^\]]+\]:/m);
    expect(prose.replace(/\*\*[^*\n]+(?:\n[^*\n]+)?\*\*/g, '')).not.toContain('*');
    expect(prose).not.toContain('`');
  });

  it('lists the pages that it links to', async () => {
    const { stdout } = await run(['explain', code]);

    for (const [, other] of markdown.matchAll(/\]\(([A-Z_]+)\.md\)/g)) {
      expect(stdout).toContain(`  trailkey explain ${other}\n`);
    }
    for (const [, other] of markdown.matchAll(/\]\(\.\.\/([a-z-]+\.md)/g)) {
      expect(stdout).toContain(`  docs/${other}\n`);
    }
  });
});

it('looks as it should', async () => {
  expect((await run(['explain', 'KEY_PENDING_DELETION'], { columns: 80 })).stdout).toMatchSnapshot();
  expect((await run(['explain'], { env: { COLUMNS: '60' } })).stdout).toMatchSnapshot();
});

it('lists every verdict with its meaning and compliance', async () => {
  const { exitCode, stdout } = await run(['explain'], { env: { COLUMNS: '200' } });

  expect(exitCode).toBe(0);
  for (const code of VERDICT_CODES) {
    const { meaning, compliance } = CATALOGUE[code];
    const before = stdout.slice(0, stdout.indexOf(`  ${code} `));
    expect(stdout).toMatch(new RegExp(`^ {2}${code} +${meaning}$`, 'm'));
    expect(before.match(/^(?:NON_|NOT_)?[A-Z]+/gm)?.at(-1)).toMatch(compliance.split('_')[0] ?? '');
  }
});

it('puts the meaning below its code if the line has no room for both', async () => {
  const { stdout } = await run(['explain'], { env: { COLUMNS: '40' } });

  expect(stdout).toContain("\n  KEY_DISABLED\n    The trail's KMS key is disabled\n");
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40);
});

it.each(['key_disabled', 'Key-Disabled', 'KEY_DISABLED'])('accepts a verdict code as %s', async (name) => {
  expect((await run(['explain', name])).stdout).toMatch(/^KEY_DISABLED\n/);
});

it.each([
  [
    'KEY_DISABLD',
    'Unknown verdict "KEY_DISABLD". Did you mean KEY_DISABLED? To list all verdicts, run trailkey explain.',
  ],
  ['nonsense', 'Unknown verdict "nonsense". To list all verdicts, run trailkey explain.'],
])('refuses %s', async (name, message) => {
  const { exitCode, stdout, stderr } = await run(['explain', name]);

  expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 2, stdout: '', stderr: `trailkey: ${message}\n` });
});

it('is colored on a terminal without NO_COLOR, or with FORCE_COLOR', async () => {
  const control = '\u001b[';

  expect((await run(['explain', 'KEY_DISABLED'], { columns: 80 })).stdout).toContain(control);
  expect((await run(['explain', 'KEY_DISABLED'])).stdout).not.toContain(control);
  expect((await run(['explain'], { columns: 80, env: { NO_COLOR: '1' } })).stdout).not.toContain(control);
  expect((await run(['explain'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).stdout).toContain(control);
  expect((await run(['explain'], { columns: 80, env: { FORCE_COLOR: '0' } })).stdout).not.toContain(control);
});

it('shows the address of a link to another site', () => {
  const page = pageFor({ columns: 80, color: false });

  const text = renderPage('See [the **guide**](https://example.com/a), not `[x](y)`.\n', page);

  expect(text).toBe('See the guide (https://example.com/a), not `[x](y)`.\n\n');
});
