import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { trailItem } from '../../test/support/builders.js';
import type { Bench, Figure } from '../figure.js';
import { measure } from '../measure.js';

/** The shortest runs of the command, compared with the start of Node.js. */
export const commandStart = async ({ folder, sizes, node24 }: Bench): Promise<readonly Figure[]> => {
  const item = `${folder}/item.json`;
  writeFileSync(item, JSON.stringify(trailItem({ kmsKeyId: null })));
  const figures: Figure[] = [];
  for (const [name, node] of [
    ['', process.execPath],
    [', Node.js 24', node24],
  ] as const) {
    const cost = await measure(sizes.starts, {
      version: { args: [node, 'dist/trailkey.js', '--version'] },
      check: { args: [node, 'dist/trailkey.js', 'check', item], exits: [1] },
      nothing: { args: [node, '-e', '0'] },
    });
    const floor = { of: 'node -e 0', value: cost.nothing.cpu };
    figures.push(
      {
        figure: `trailkey --version${name}`,
        unit: 'ms CPU',
        value: cost.version.cpu,
        floor: { ...floor, goal: 1.5 },
      },
      {
        figure: `trailkey check${name}`,
        unit: 'ms CPU',
        value: cost.check.cpu,
        floor: { ...floor, goal: 2 },
      },
    );
  }
  return figures;
};
