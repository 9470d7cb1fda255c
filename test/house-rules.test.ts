import { expect, it } from 'vitest';
import { filesBelow, textAt } from './support/project.js';

const SOURCES = [...filesBelow('src'), ...filesBelow('handlers')].filter((path) => path.endsWith('.ts'));
const MAX_LINES = 400;
/** Tables, one row after another. */
const TABLES = ['src/core/catalogue.ts'];

/** Code without comments, text and imports: what is left may not hold the word `as`, but for `as const`. */
const codeOf = (text: string): string =>
  text
    .replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    .replace(/'(?:\\.|[^'\n])*'|`(?:\\.|[^`])*`/g, "''")
    .replace(/^(?:import|export)\b[^;]*\bfrom\b[^;]*;/gm, '');

it.each(SOURCES)('%s asserts no type', (path) => {
  expect(codeOf(textAt(path))).not.toMatch(/\bas (?!const\b)/);
});

it.each(SOURCES.filter((path) => !TABLES.includes(path)))('%s keeps to the length of one topic', (path) => {
  expect(textAt(path).split('\n').length).toBeLessThanOrEqual(MAX_LINES);
});

it.each(SOURCES)('%s documents what it exports', (path) => {
  const exported = textAt(path).matchAll(
    /(?<before>[^\n]*)\n(?:export (?:const|type|class|function)) (?<name>\w+)/g,
  );
  const bare = [...exported].filter(({ groups }) => !/\*\/$|^export const/.test(groups?.['before'] ?? ''));

  expect(
    bare
      .map(({ groups }) => groups?.['name'])
      .filter((name) => !UNDOCUMENTED.has(name ?? '') && !/^[A-Z_]+$/.test(name ?? '')),
  ).toEqual([]);
});

/** Names that say all, beside a documented type or table of theirs; so do constants in a row. */
const UNDOCUMENTED = new Set(['VerdictCode', 'Format']);

// Node.js reads its data of all languages for these: more than a short run takes otherwise (docs/performance.md).
it.each(SOURCES.filter((path) => !path.startsWith('src/cli/reporters/html/')))(
  '%s leaves the data of languages alone',
  (path) => {
    expect(codeOf(textAt(path))).not.toMatch(/\bIntl\.|\.toLocale/);
  },
);
