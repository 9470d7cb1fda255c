import process from 'node:process';
import { writeSnapshotOfItems } from '../../test/support/large-snapshot.js';
import type { Bench, Figure } from '../figure.js';
import { measure } from '../measure.js';

const TRAILS = '.configurationItems[] | select(.resourceType == "AWS::CloudTrail::Trail")';

/** A large snapshot in one gzip file. */
export const snapshot = async ({ folder, sizes, node24 }: Bench): Promise<readonly Figure[]> => {
  const [file, smaller] = [`${folder}/large.json.gz`, `${folder}/smaller.json.gz`];
  writeSnapshotOfItems(file, sizes.items);
  writeSnapshotOfItems(smaller, sizes.fewerItems);
  const check = (path: string, node = process.execPath) => ({
    args: [node, 'dist/trailkey.js', 'check', path],
  });
  const cost = await measure(sizes.repetitions, {
    check: check(file),
    checkOn24: check(file, node24),
    checkSmaller: check(smaller),
    zcat: { args: ['zcat', file] },
  });
  const slow = await measure(1, {
    jq: { args: ['sh', '-c', 'zcat "$1" | jq -c "$2"', 'sh', file, TRAILS] },
    parse: { args: [process.execPath, '--max-old-space-size=8192', 'bench/programs/parse-whole.cjs', file] },
  });
  const name = `Snapshot of ${sizes.items.toLocaleString('en')} items`;
  const inCpuTime = (figure: string, value: number): Figure => ({
    figure,
    unit: 'ms CPU',
    value,
    floor: { of: 'zcat', value: cost.zcat.cpu, goal: 1.5 },
    peer: { of: 'jq', value: slow.jq.cpu, goal: 0.12 },
  });
  return [
    inCpuTime(name, cost.check.cpu),
    inCpuTime(`${name}, Node.js 24`, cost.checkOn24.cpu),
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
