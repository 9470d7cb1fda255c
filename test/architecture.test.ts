import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { STEPS } from '../scripts/acceptance/plan.js';
import { filesBelow, textAt } from './support/project.js';

const PAGE = textAt('docs/architecture.md');
const [, PARTS_SECTION = ''] = /## The parts\n([\s\S]*?)\n## /.exec(PAGE) ?? [];
const [, WALLS_SECTION = ''] = /## The walls\n([\s\S]*?)\n## /.exec(PAGE) ?? [];
const codeIn = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

/** The rows of the table of parts: what each may import. */
const PARTS = new Map(
  [...PARTS_SECTION.matchAll(/^\| `([^`]+)` \|.*\| (.*) \|$/gm)].map(([, part = '', last = '']) => [
    part,
    codeIn(last),
  ]),
);

/** The part that a file belongs to: a folder, or a file that stands for itself. */
const partOf = (path: string): string =>
  path
    .split('/')
    .slice(0, path.startsWith('src/') ? 2 : 1)
    .join('/');

const sources = [...filesBelow('src'), ...filesBelow('handlers')].filter((path) => path.endsWith('.ts'));

const importsOf = (path: string): readonly string[] =>
  [...textAt(path).matchAll(/(?:\bfrom |\bimport\()'(\.[^']+)'/g)]
    .map(([, target = '']) => join(dirname(path), target).replace(/\.js$/, '.ts'))
    .map(partOf)
    .filter((part) => part !== partOf(path) && /^(?:src|handlers)/.test(part));

describe('docs/architecture.md', () => {
  it('has a row for each part of the code, and shows each in the picture', () => {
    const [picture = ''] = PAGE.split('## The parts');
    const parts = new Set(sources.map(partOf));

    expect([...PARTS.keys()].toSorted()).toEqual([...parts].toSorted());
    for (const part of parts) if (part !== 'src/version.ts') expect(picture).toContain(part);
  });

  it('tells of each part what it imports', () => {
    const imported = new Map([...PARTS.keys()].map((part) => [part, new Set<string>()]));
    for (const path of sources) for (const part of importsOf(path)) imported.get(partOf(path))?.add(part);

    for (const [part, told] of PARTS) {
      expect([...(imported.get(part) ?? [])].toSorted(), part).toEqual(told.filter((one) => one !== part));
    }
  });

  it('gives the reason for each wall of the linter', () => {
    const { overrides } = JSON.parse(textAt('biome.json'));
    const walls = overrides
      .filter(({ linter }: any) => linter.rules.style?.noRestrictedImports)
      .map(({ includes }: any) => includes.toSorted().join());
    const told = [...WALLS_SECTION.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell = '']) =>
      codeIn(cell).toSorted().join(),
    );

    // The lint rule for handlers that stands apart is about the console, not a wall.
    expect(told.toSorted()).toEqual(walls.toSorted());
  });

  it('lists assumptions with files that exist and steps of the acceptance run', () => {
    const [, section = ''] = PAGE.split('## Assumptions that AWS does not document');
    const rows = [...section.matchAll(/^\| .* \| (`.*) \| .* \| (.*) \|$/gm)];

    expect(rows.length).toBeGreaterThan(20);
    for (const [, code = '', step = ''] of rows) {
      for (const path of codeIn(code)) expect(textAt(path)).not.toBe('');
      expect(['none', ...STEPS.map(({ title }) => title)]).toContain(step);
    }
  });
});
