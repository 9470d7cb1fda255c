import { mkdirSync } from 'node:fs';
import process from 'node:process';
import { otherItems, trailAndKey, writeSnapshotOf } from '../../test/support/large-snapshot.js';
import type { Bench, Figure } from '../figure.js';
import { measure } from '../measure.js';

/** Many snapshots in a folder, compared with the same items in one file. */
export const folder = async ({ folder: place, sizes }: Bench): Promise<readonly Figure[]> => {
  const { files, items, repetitions } = sizes;
  const block = otherItems(Math.round(items / files / 2));
  mkdirSync(`${place}/many`);
  for (let index = 0; index < files; index += 1) writeSnapshotOf(`${place}/many/${index}.json.gz`, block, 1);
  // Each block contains a trail and its key, so that both inputs have the same items.
  writeSnapshotOf(`${place}/one.json.gz`, `${trailAndKey()}${block}`, files - 1);
  const check = (path: string) => ({
    args: [process.execPath, 'dist/trailkey.js', 'check', `${place}/${path}`],
  });
  const cost = await measure(repetitions, { many: check('many'), one: check('one.json.gz') });
  const name = `Folder of ${files.toLocaleString('en')} snapshots`;
  return [
    {
      figure: name,
      unit: 'ms CPU',
      value: cost.many.cpu,
      floor: { of: 'as one file', value: cost.one.cpu, goal: 1.1 },
    },
    {
      figure: `${name}, wall`,
      unit: 'ms wall',
      value: cost.many.wall,
      floor: { of: 'as one file', value: cost.one.wall, goal: 1.1 },
    },
  ];
};
