import { expect, it } from 'vitest';
import { CONTROLS, controlsOf, standardOf } from '../../../src/cli/reporters/standards.js';
import { VERDICT_CODES } from '../../../src/core/verdict.js';
import { findingOf } from '../../support/builders.js';
import { textAt } from '../../support/project.js';
import { EXAMPLES } from '../../support/verdict-examples.js';

const PAGE = textAt('docs/controls.md');

/** The rows of the page's table of standards: `standard version/number`. The managed rule is no requirement. */
const documented = PAGE.slice(PAGE.indexOf('| standard |'), PAGE.indexOf('[cis]:'))
  .split('\n')
  .slice(2)
  .filter((line) => line.startsWith('|') && !line.includes('managed rule'))
  .flatMap((line) => {
    const [, standard = '', versions = '', numbers = ''] = line.split('|').map((cell) => cell.trim());
    const name = standard.replace(/, ".*"$/, '');
    return versions
      .split(', ')
      .flatMap((version) =>
        numbers.split(', ').map((number) => `${version === '–' ? name : `${name} ${version}`}/${number}`),
      );
  });

it('contains exactly the control IDs of docs/controls.md', () => {
  const known = CONTROLS.flatMap((control) =>
    control.numbers.map((number) => `${standardOf(control)}/${number}`),
  );

  expect(known.toSorted()).toEqual(documented.toSorted());
});

it('claims no control ID for verdicts that only rule parameters require', () => {
  const beyond = PAGE.slice(
    PAGE.indexOf('turn on more requirements'),
    PAGE.indexOf('No control ID is claimed'),
  );

  for (const code of VERDICT_CODES) {
    expect(controlsOf(findingOf(EXAMPLES[code])).length === 0, code).toBe(beyond.includes(`[\`${code}\`]`));
  }
});

it('has a source with a URL for every row', () => {
  const rows = PAGE.slice(PAGE.indexOf('| standard |'), PAGE.indexOf('[cis]:')).trim().split('\n').slice(2);
  const addresses = new Set([...PAGE.matchAll(/^\[([\w-]+)\]: https:\/\/\S+$/gm)].map(([, name]) => name));

  expect(rows.length).toBeGreaterThan(15);
  for (const row of rows) {
    const sources = [...row.matchAll(/\]\[([\w-]+)\]/g)].map(([, name]) => name);
    expect(sources.length, row).toBeGreaterThan(0);
    expect(sources.filter((name) => !addresses.has(name))).toEqual([]);
  }
});
