import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { textAt } from './support/project.js';

const PAGE = textAt('docs/remediation-reference.md');

/** The names in the first cells of the table below a heading; a cell may name several. */
const namesBelow = (heading: string): readonly string[] => {
  const [, section = ''] = PAGE.split(`\n### ${heading}\n`);
  const [table = ''] = section.split(/^#/m);
  return [...table.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  );
};

it.each(['EncryptTrail', 'RestoreKey', 'BackOut'])('describes Trailkey-%s as it is', (kind) => {
  const name = `Trailkey-${kind}`;
  const { parameters, mainSteps, outputs } = parse(textAt(`ssm-documents/${name}.yaml`));

  expect(namesBelow(`Parameters of ${name}`)).toEqual(Object.keys(parameters));
  expect(namesBelow(`Steps of ${name}`).toSorted()).toEqual(
    mainSteps.map((step: { name: string }) => step.name).toSorted(),
  );
  if (kind === 'EncryptTrail') expect(namesBelow(`Outputs of ${name}`)).toEqual(outputs);
});

it.each(['EncryptTrail', 'RestoreKey', 'BackOut'])('shows the defaults of Trailkey-%s', (kind) => {
  const { parameters } = parse(textAt(`ssm-documents/Trailkey-${kind}.yaml`));

  for (const [name, { default: value }] of Object.entries<{ default?: string }>(parameters)) {
    if (value !== undefined)
      expect(PAGE.replaceAll('`', '')).toMatch(new RegExp(`^\\| ${name} \\|[^|]*\\| ${value} \\|`, 'm'));
  }
});
