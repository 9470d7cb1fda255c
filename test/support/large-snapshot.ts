import { appendFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { keyItem, trailItem } from './builders.js';

/** About what an item of a large account takes. */
const otherItem = (index: number) => ({
  configurationItemCaptureTime: '2026-01-05T03:10:00.000Z',
  configurationItemStatus: 'OK',
  awsAccountId: '111122223333',
  awsRegion: 'eu-west-1',
  resourceType: 'AWS::EC2::Instance',
  resourceId: `i-${index.toString(16).padStart(17, '0')}`,
  relationships: [
    { resourceType: 'AWS::EC2::SecurityGroup', resourceId: `sg-${index}`, name: 'Is associated with' },
  ],
  configuration: {
    imageId: `ami-${index}`,
    state: { code: 16, name: 'running' },
    note: 'said "{[" and left \\',
  },
  tags: { Name: `server ${index}` },
});

const ITEMS_IN_BLOCK = 10_000;

/** Items of another type than a trail's or a key's, one a line, with a comma behind each. */
export const otherItems = (count: number): string =>
  Array.from({ length: count }, (_, index) => `${JSON.stringify(otherItem(index))},`).join('\n');

const BLOCK = otherItems(ITEMS_IN_BLOCK);

/**
 * Writes a gzipped snapshot with one trail, its key, and items of another type to a size in bytes (unpacked), and gives the number of
 * its items. It is made of the same block over and over, each a member of the gzip file: that takes no time.
 */
export const writeLargeSnapshot = (file: string, bytes: number): number => {
  const blocks = Math.ceil(bytes / BLOCK.length);
  writeSnapshotOf(file, BLOCK, blocks);
  return blocks * ITEMS_IN_BLOCK + 2;
};

/** Writes such a snapshot with about so many items. */
export const writeSnapshotOfItems = (file: string, items: number): void =>
  writeSnapshotOf(file, BLOCK, Math.ceil(items / ITEMS_IN_BLOCK));

/** A trail and its key, with a comma behind each. */
export const trailAndKey = (): string => `${JSON.stringify(trailItem())},${JSON.stringify(keyItem())},`;

/** Writes a gzipped snapshot with one trail, its key, and a block of items so many times. */
export const writeSnapshotOf = (file: string, block: string, blocks: number): void => {
  const packed = gzipSync(block);
  writeFileSync(file, gzipSync(`{"fileVersion":"1.0","configurationItems":[${JSON.stringify(trailItem())},`));
  for (let written = 0; written < blocks; written += 1) appendFileSync(file, packed);
  appendFileSync(file, gzipSync(`${JSON.stringify(keyItem())}]}`));
};
