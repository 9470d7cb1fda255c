import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesBelow, textAt } from './support/project.js';

const CODE = ['src', 'handlers', 'scripts', 'bench', 'examples']
  .flatMap(filesBelow)
  .filter((path) => path.endsWith('.ts'));
const SOURCES = CODE.filter((path) => /^(?:src|handlers)\//.test(path));
const MAX_LINES = 400;

/** Code without comments, text and imports. */
const codeOf = (text: string): string =>
  text
    .replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    .replace(/'(?:\\.|[^'\n])*'|`(?:\\.|[^`])*`/g, "''")
    .replace(/^(?:import|export)\b[^;]*\bfrom\b[^;]*;/gm, '');

/** The files that a file imports: types and dynamic imports included. */
const importsOf = (path: string): readonly string[] =>
  [...textAt(path).matchAll(/(?:\bfrom |\bimport\()'(\.[^'?]+)(?:\?\w+)?'/g)].map(([, target = '']) =>
    join(dirname(path), target).replace(/\.js$/, '.ts'),
  );

const cycleFrom = (
  path: string,
  above: readonly string[],
  done: Set<string>,
): readonly string[] | undefined => {
  if (above.includes(path)) return [...above.slice(above.indexOf(path)), path];
  if (done.has(path) || !CODE.includes(path)) return undefined;
  for (const target of importsOf(path)) {
    const cycle = cycleFrom(target, [...above, path], done);
    if (cycle) return cycle;
  }
  done.add(path);
  return undefined;
};

it('no file imports itself through others', () => {
  const done = new Set<string>();

  expect(CODE.flatMap((path) => cycleFrom(path, [], done) ?? [])).toEqual([]);
});

describe.each(SOURCES)('%s', (path) => {
  it('asserts no type', () => {
    expect(codeOf(textAt(path))).not.toMatch(/\bas (?!const\b)/);
  });

  it(`has at most ${MAX_LINES} lines`, () => {
    expect(textAt(path).split('\n').length).toBeLessThanOrEqual(MAX_LINES);
  });

  it('documents what it exports', () => {
    const exported = textAt(path).matchAll(
      /(?<before>[^\n]*)\n(?:export (?:const|type|class|function)) (?<name>\w+)/g,
    );
    const undocumented = [...exported].filter(
      ({ groups }) => !/\*\/$|^export const/.test(groups?.['before'] ?? ''),
    );

    expect(
      undocumented
        .map(({ groups }) => groups?.['name'])
        .filter((name) => !UNDOCUMENTED.has(name ?? '') && !/^[A-Z_]+$/.test(name ?? '')),
    ).toEqual([]);
  });
});

/** Names whose meaning the documented type or table beside them gives. */
const UNDOCUMENTED = new Set(['VerdictCode', 'Format']);

// Node.js loads its data of all languages for these, which takes longer than a short run takes otherwise.
it.each(SOURCES.filter((path) => !path.startsWith('src/cli/reporters/html/')))(
  '%s does not use Intl',
  (path) => {
    expect(codeOf(textAt(path))).not.toMatch(/\bIntl\.|\.toLocale/);
  },
);

/** A file and all files that it loads at once: neither types nor dynamic imports. */
const loadedWith = (path: string, above: readonly string[] = []): readonly string[] =>
  above.includes(path) || !CODE.includes(path)
    ? above
    : [...textAt(path).matchAll(/^(?:import|export) (?!type\b)[^;]*?\bfrom '(\.[^'?]+)'/gm)]
        .map(([, target = '']) => join(dirname(path), target).replace(/\.js$/, '.ts'))
        .reduce<readonly string[]>((loaded, target) => loadedWith(target, loaded), [...above, path]);

it('checking files and printing text loads neither AWS clients nor cryptography', () => {
  const loaded = ['main.ts', 'commands/check.ts', 'reporters/text.ts'].flatMap((path) =>
    loadedWith(`src/cli/${path}`),
  );

  expect(loaded).toContain('src/core/evaluate-trail.ts');
  expect(loaded.filter((path) => path.startsWith('src/aws/'))).toEqual([]);
  expect(loaded.filter((path) => textAt(path).includes("'node:crypto'"))).toEqual([]);
});

/** Names of values with any property, and their accesses by a variable: `constructor` would return what every object has. */
const accessesByText = (text: string): readonly string[] => {
  const declared = [
    ...text.matchAll(/\b(\w+)\??: (?:JsonObject|GivenParameters|(?:Readonly<)?(?:Partial<)?Record<string,)/g),
  ].map(([, name = '']) => name);
  return [...text.matchAll(/\b(\w+)\[(?!['"`\d])[^\]]+\]/g)]
    .filter(([, name = '']) => declared.includes(name))
    .map(([access]) => access);
};

it('looks up text from outside in a Map, or after Object.hasOwn', () => {
  const accesses = SOURCES.flatMap((path) =>
    accessesByText(textAt(path)).map((access) => `${path}: ${access}`),
  );

  expect(accesses).toEqual([
    // Names from this project.
    'src/cli/reporters/html/markup.ts: ENTITIES[character]',
    'src/cli/reporters/html/method.ts: DEFAULTS[name]',
    // After Object.hasOwn.
    'src/core/json-value.ts: object[name]',
    // Names of elements of a policy.
    'src/core/policy-document.ts: statement[name]',
    'src/core/policy-document.ts: statement[notName]',
    'src/core/policy-document.ts: statement[name]',
    // Names of properties and sections of a template.
    'src/input/cloudformation.ts: properties[name]',
    'src/input/template-expression.ts: template[name]',
    // After Object.hasOwn, or by Object.keys.
    'src/input/template-expression.ts: conditions[argument]',
    'src/input/terraform-plan.ts: unknown[name]',
  ]);
});
