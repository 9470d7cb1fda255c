import { expect, it } from 'vitest';
import { CONTROLS, controlsOf, standardOf } from '../../../src/cli/reporters/standards.js';
import { VERDICT_CODES } from '../../../src/core/verdict.js';
import { textAt } from '../../support/project.js';

const PAGE = textAt('docs/controls.md');

/** The rows of the page's table of standards: `standard version/number`. The managed rule is no requirement. */
const documented = PAGE.slice(PAGE.indexOf('| standard |'), PAGE.indexOf('[cis]:'))
  .split('\n')
  .slice(2)
  .filter((line) => line.startsWith('|') && !line.includes('managed rule'))
  .flatMap((line) => {
    const [, standard = '', versions = '', numbers = ''] = line.split('|').map((cell) => cell.trim());
    const name = standard.replace(/, ".*"$/, '');
    return versions.split(', ').flatMap((version) =>
      numbers
        .replace(/, severity \w+/, '')
        .split(', ')
        .map((number) => `${version === '–' ? name : `${name} ${version}`}/${number}`),
    );
  });

it('holds the numbers that docs/controls.md documents, and no other', () => {
  const known = CONTROLS.flatMap((control) =>
    control.numbers.map((number) => `${standardOf(control)}/${number}`),
  );

  expect(known.toSorted()).toEqual(documented.toSorted());
});

it('claims no number for the verdicts that come from the parameters which ask more', () => {
  const beyond = PAGE.slice(PAGE.indexOf('On request'), PAGE.indexOf('No number is claimed'));

  for (const code of VERDICT_CODES) {
    expect(controlsOf(code).length === 0, code).toBe(beyond.includes(`[\`${code}\`]`));
  }
});
