import { expect, it } from 'vitest';
import { CATALOGUE, VERDICT_CODES } from '../src/core/verdict.js';
import { SHOWN_COMMANDS } from './support/code-blocks.js';
import { filledIn } from './support/placeholders.js';
import { problemsWithPolicy } from './support/policy-shape.js';
import { textAt } from './support/project.js';

const PAGE = 'docs/runbook.md';
const RUNBOOK = textAt(PAGE);

/** Where the name of a command is not that of its action, or a service's word not that of its actions. */
const ACTIONS: Readonly<Record<string, string>> = {
  's3api get-bucket-encryption': 's3:GetEncryptionConfiguration',
  's3api list-objects-v2': 's3:ListBucket',
  's3api head-object': 's3:GetObject',
};

const actionOf = (service: string, operation: string): string => {
  const name = operation.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
  return ACTIONS[`${service} ${operation}`] ?? `${service.replace('s3api', 's3')}:${name}`;
};

it('asks for the permissions that its commands need, and for no other', () => {
  const policy: { Statement: { Action: string[] }[] } = JSON.parse(textAt('docs/policies/runbook.json'));
  const commands = SHOWN_COMMANDS.filter(({ page, words }) => page === PAGE && words[0] === 'aws');

  const needed = commands
    .map(({ words: [, service = '', operation = ''] }) => actionOf(service, operation))
    // The template makes the key with the permissions that making it by hand needs, and those of CloudFormation.
    .filter((action) => action !== 'cloudformation:Deploy');

  expect(policy.Statement.flatMap(({ Action }) => Action).toSorted()).toEqual(
    [...new Set(needed)].toSorted(),
  );
});

it.each(['runbook', 'trail-key'])('links to docs/policies/%s.json, which is a policy', (name) => {
  const policy = JSON.parse(filledIn(textAt(`docs/policies/${name}.json`)));

  expect(RUNBOOK).toContain(`](policies/${name}.json)`);
  expect(problemsWithPolicy(policy)).toEqual([]);
});

it('lists its steps in order, and each has the console, the command line, and what Trailkey does', () => {
  const listed = [...RUNBOOK.matchAll(/^\| \[(\d+\. [^\]]+)\]/gm)].map(([, title]) => title);
  const sections = RUNBOOK.split(/^### /m).slice(1);

  expect(sections.map((section) => section.split('\n')[0])).toEqual(listed);
  for (const section of sections.filter((text) => !text.startsWith('8.'))) {
    expect(section).toContain('**Console.**');
    expect(section).toContain('**Command line.**');
  }
  for (const section of sections) expect(section).toContain('**Trailkey:**');
});

it('knows each verdict that the state, the manager or the type of a key gives', () => {
  const byKey = VERDICT_CODES.filter(
    (code) => /^KEY_/.test(code) && CATALOGUE[code].compliance === 'NON_COMPLIANT',
  );
  const byParameter = ['KEY_NOT_ALLOWED', 'KEY_MATERIAL_EXPIRING', 'KEY_ROTATION_OFF'];

  for (const code of byKey.filter((one) => !byParameter.includes(one))) {
    expect(RUNBOOK).toContain(`verdicts/${code}.md`);
  }
});
