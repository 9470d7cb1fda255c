import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { trailItem } from '../../test/support/builders.js';
import { changeOf } from '../../test/support/rule-event.js';
import type { Bench } from '../bench.js';
import type { Command } from '../measure.js';

/** The rule and those beside it, each judging the change of one trail: once, and so many times more if that is asked for. */
export const rulePrograms = (
  { artifact, folder, node24, python }: Bench,
  { env, turns }: { readonly env: Readonly<Record<string, string>>; readonly turns: number },
) => {
  const event = `${folder}/event.json`;
  writeFileSync(event, JSON.stringify(changeOf(trailItem())));
  const program = (...args: readonly string[]): Command => ({ args, env, tellsItself: true });
  const on = (node: string) => ({
    rule: program(node, 'bench/programs/invoke.cjs', artifact.handler, event, String(turns)),
    bare: program(node, 'bench/programs/bare.cjs', event, String(turns)),
  });
  return {
    on24: on(node24),
    here: on(process.execPath),
    python: program(python, 'bench/programs/rule.py', event, String(turns)),
  };
};
