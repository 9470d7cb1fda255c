import { execFileSync } from 'node:child_process';
import { beforeAll, expect, it } from 'vitest';
import { measureAll } from '../../bench/bench.js';
import { isMet, ratioTo, tableOf } from '../../bench/figure.js';
import { SMOKE } from '../../bench/sizes.js';
import { ROOT } from '../support/project.js';

beforeAll(() => {
  execFileSync('npm', ['run', 'package'], { cwd: ROOT, stdio: 'ignore', timeout: 300_000 });
});

it('measures every figure, and makes a table of them', async () => {
  const figures = await measureAll(SMOKE);

  expect(figures.length).toBeGreaterThan(20);
  for (const figure of figures) {
    const others = [figure.floor, figure.peer].flatMap((other) => other ?? []);
    expect(others, figure.figure).not.toEqual([]);
    for (const other of others) {
      expect(ratioTo(figure, other), figure.figure).toBeGreaterThan(0);
      expect(ratioTo(figure, other), figure.figure).toBeLessThan(Infinity);
    }
  }
  expect(tableOf(figures).trim().split('\n')).toHaveLength(figures.length + 2);
});

it('makes as many calls as it must, and no more', async () => {
  const figures = await measureAll(SMOKE, ['callFigures']);

  expect(figures.map(isMet)).toEqual([true, true, true]);
});
