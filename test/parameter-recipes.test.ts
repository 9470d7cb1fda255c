import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PARAMETER_NAMES, parseRuleParameters } from '../src/core/rule-parameters.js';
import { codeBlocksOf } from './support/code-blocks.js';
import { ROOT, textAt } from './support/project.js';
import { runCheck } from './support/run-check.js';

const PAGE = textAt('docs/parameters.md');

/** The sections that hold a recipe: rule parameters as JSON, settings of the stack, and what changes on the example. */
const RECIPES = PAGE.split(/^## /m)
  .filter((section) => section.includes('On the example:'))
  .map((section) => {
    const [title = ''] = section.split('\n');
    const [json, yaml] = codeBlocksOf(title, section);
    const [, changes = ''] = /On the example:([\s\S]*?)\.(?:\s|$)/.exec(section) ?? [];
    return [
      title,
      {
        parameters: JSON.parse(json?.text ?? ''),
        settings: parse(yaml?.text ?? '').custom.trailkey.parameters,
        changes: [...changes.matchAll(/`(\w+)` (\d+) → (\d+)/g)].map(([, name = '', before, after]) => ({
          name,
          before: Number(before),
          after: Number(after),
        })),
      },
    ] as const;
  });

const countsWith = async (parameters: Readonly<Record<string, string>>): Promise<Record<string, number>> => {
  const words = Object.entries(parameters).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
  const { report } = await runCheck(`${ROOT}examples/organization`, ...words);
  const { codes, ...compliance } = report.summary;
  return { ...codes, ...compliance };
};

describe.each(RECIPES)('the recipe "%s"', (_, { parameters, settings, changes }) => {
  it('holds parameters that the rule takes, the same for the command line and the stack', () => {
    expect(() => parseRuleParameters(parameters)).not.toThrow();
    expect(settings).toEqual(parameters);
  });

  it('changes the example as the page says', async () => {
    const [before, after] = [await countsWith({}), await countsWith(parameters)];

    expect(changes.length).toBeGreaterThan(0);
    for (const { name, ...told } of changes) {
      expect({ before: before[name], after: after[name] }, name).toEqual({
        before: told.before,
        after: told.after,
      });
    }
    const raised = Object.keys(after).filter(
      (name) => /^[KN]/.test(name) && (after[name] ?? 0) > (before[name] ?? 0),
    );
    const compliances = ['NON_COMPLIANT', 'NOT_APPLICABLE'];
    expect(raised.filter((name) => !compliances.includes(name))).toEqual(
      changes.filter((one) => /^K/.test(one.name) && one.after > one.before).map(({ name }) => name),
    );
  });
});

it('there is a recipe for each parameter', () => {
  const used = new Set(RECIPES.flatMap(([, { parameters }]) => Object.keys(parameters)));

  expect(PARAMETER_NAMES.filter((name) => !used.has(name))).toEqual([]);
});

it('some thirteen keys fit', () => {
  const keys = (count: number) => ({
    kmsKeyArns: Array.from(
      { length: count },
      (_, index) =>
        `arn:aws:kms:eu-west-1:111122223333:key/11111111-1111-4111-8111-${String(index).padStart(12, '0')}`,
    ).join(),
  });

  expect(() => parseRuleParameters(keys(13))).not.toThrow();
  expect(() => parseRuleParameters(keys(14))).toThrow('1024');
});
