import process from 'node:process';
import { writeSnapshotOfItems } from '../../test/support/large-snapshot.js';
import type { Bench } from '../bench.js';
import type { Figure } from '../figure.js';
import { measure } from '../measure.js';

const TRAILS = '.configurationItems[] | select(.resourceType == "AWS::CloudTrail::Trail")';

/** A large snapshot in one gzipped file. */
export const snapshot = async ({ folder, sizes }: Bench): Promise<readonly Figure[]> => {
  const [file, smaller] = [`${folder}/large.json.gz`, `${folder}/smaller.json.gz`];
  writeSnapshotOfItems(file, sizes.items);
  writeSnapshotOfItems(smaller, sizes.fewerItems);
  const check = (path: string) => ({ args: [process.execPath, 'dist/trailkey.js', 'check', path] });
  const cost = await measure(sizes.repetitions, {
    check: check(file),
    checkSmaller: check(smaller),
    zcat: { args: ['zcat', file] },
  });
  const slow = await measure(1, {
    jq: { args: ['sh', '-c', 'zcat "$1" | jq -c "$2"', 'sh', file, TRAILS] },
    parse: { args: [process.execPath, '--max-old-space-size=8192', 'bench/programs/parse-whole.cjs', file] },
  });
  const name = `Snapshot of ${sizes.items.toLocaleString('en')} items`;
  return [
    {
      figure: name,
      unit: 'ms CPU',
      value: cost.check.cpu,
      floor: { of: 'zcat', value: cost.zcat.cpu, goal: 1.5 },
      peer: { of: 'jq', value: slow.jq.cpu, goal: 0.12 },
    },
    {
      figure: `${name}, wall`,
      unit: 'ms wall',
      value: cost.check.wall,
      floor: { of: 'zcat', value: cost.zcat.wall },
      peer: { of: 'jq', value: slow.jq.wall },
    },
    {
      figure: `${name}, time beside JSON.parse`,
      unit: 'ms CPU',
      value: cost.check.cpu,
      peer: { of: 'JSON.parse of the whole', value: slow.parse.cpu },
    },
    {
      figure: `${name}, memory`,
      unit: 'MB',
      value: cost.check.memory,
      floor: {
        of: `${sizes.fewerItems.toLocaleString('en')} items`,
        value: cost.checkSmaller.memory,
        goal: 1.2,
      },
      peer: { of: 'jq', value: slow.jq.memory, goal: 0.05 },
    },
    {
      figure: `${name}, memory beside JSON.parse`,
      unit: 'MB',
      value: cost.check.memory,
      peer: { of: 'JSON.parse of the whole', value: slow.parse.memory },
    },
  ];
};
