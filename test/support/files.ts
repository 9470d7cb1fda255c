import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Makes a folder with these files, which is gone when the test ends, and gives its path. */
export const folderOf = async (
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'trailkey-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
};

/** The text of a snapshot file that holds these items. */
export const snapshotOf = (...configurationItems: readonly unknown[]): string =>
  JSON.stringify({ fileVersion: '1.0', configSnapshotId: 'b7a1', configurationItems });
