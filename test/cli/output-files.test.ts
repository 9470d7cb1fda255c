import { spawnSync } from 'node:child_process';
import { chmod, link, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { writeFileAtomically } from '../../src/cli/output.js';
import { keyItem, trailItem } from '../support/builders.js';
import { folderOf, snapshotOf } from '../support/files.js';
import { ROOT } from '../support/project.js';
import { run } from '../support/run-check.js';

/** The user id that owns nothing. */
const NOBODY = 65_534;
const GOOD = snapshotOf(trailItem(), keyItem());
const filesFor = () => folderOf({ 'in.json': GOOD, 'p.json': '{}', 'link-target/x.json': '' });

describe('two reports for one file are rejected', () => {
  it.each([
    ['the same path', (folder: string) => [`${folder}/r`, `${folder}/r`]],
    ['another spelling of it', (folder: string) => [`${folder}/r`, `${folder}/none/../r`]],
    ['a symbolic link', (folder: string) => [`${folder}/p.json`, `${folder}/link`]],
    ['a path through a linked folder', (folder: string) => [`${folder}/link-target/r`, `${folder}/linked/r`]],
    ['a link to a missing file', (folder: string) => [`${folder}/missing`, `${folder}/dangling`]],
    ['a link to such a link', (folder: string) => [`${folder}/dangling`, `${folder}/dangling-too`]],
  ])('as %s', async (_, pathsIn) => {
    const folder = await filesFor();
    await symlink(`${folder}/p.json`, `${folder}/link`);
    await symlink(`${folder}/link-target`, `${folder}/linked`);
    await symlink('missing', `${folder}/dangling`);
    await symlink('dangling', `${folder}/dangling-too`);
    const [one, two] = pathsIn(folder);

    const { exitCode, stdout, stderr } = await run([
      'check',
      `${folder}/in.json`,
      '--output',
      `json=${one}`,
      '--output',
      `csv=${two}`,
    ]);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toBe(
      `trailkey: --output uses ${two} for two reports. Use a different file for each report.\n`,
    );
  });
});

describe('a report does not overwrite an input', () => {
  it.each([
    ['the input', (folder: string) => [`${folder}/in.json`], 'in.json'],
    ['the keys', (folder: string) => [`${folder}/in.json`, '--keys', `${folder}/p.json`], 'p.json'],
    [
      'the parameters',
      (folder: string) => [`${folder}/in.json`, '--param-file', `${folder}/p.json`],
      'p.json',
    ],
    [
      'the earlier report',
      (folder: string) => [`${folder}/in.json`, '--since-report', `${folder}/p.json`],
      'p.json',
    ],
    ['the input, by a hard link', (folder: string) => [`${folder}/in.json`], 'hard'],
  ])('%s', async (_, wordsFor, name) => {
    const folder = await filesFor();
    await link(`${folder}/in.json`, `${folder}/hard`);
    const before = await readFile(`${folder}/${name}`, 'utf8');

    const result = await run(['check', ...wordsFor(folder), '--output', `json=${folder}/${name}`]);

    expect(result).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `trailkey: --output ${folder}/${name} would overwrite an input file. Use a different file.\n`,
    });
    expect(await readFile(`${folder}/${name}`, 'utf8')).toBe(before);
  });

  it('but can be a new file in an input folder', async () => {
    const folder = await filesFor();
    const check = () => run(['check', folder, '--output', `csv=${folder}/r.csv`]);

    expect(await check()).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining(`trailkey: Wrote the csv report to ${folder}/r.csv.\n`),
    });
    expect(await check()).toMatchObject({
      exitCode: 2,
      stderr: `trailkey: --output ${folder}/r.csv would overwrite an input file. Use a different file.\n`,
    });

    expect(await readdir(folder)).toEqual(['in.json', 'link-target', 'p.json', 'r.csv']);
  });

  it.each([
    ['a file in a folder', (folder: string) => `${folder}/link-target/x.json`, (folder: string) => folder],
    ['by a link', (folder: string) => `${folder}/linked/x.json`, (folder: string) => `${folder}/link-target`],
    [
      'in a linked folder',
      (folder: string) => `${folder}/link-target/x.json`,
      (folder: string) => `${folder}/linked/`,
    ],
  ])('in a folder: %s', async (_name, output, input) => {
    const folder = await filesFor();
    await symlink(`${folder}/link-target`, `${folder}/linked`);

    const { exitCode, stderr } = await run(['check', input(folder), '--output', `json=${output(folder)}`]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('would overwrite an input file');
    expect(await readFile(`${folder}/link-target/x.json`, 'utf8')).toBe('');
  });
});

describe('a file', () => {
  it('leaves no temporary file after an interrupt', async () => {
    const folder = await folderOf({ 'in.json': GOOD });
    let interrupt = () => {};

    const result = run(['check', `${folder}/in.json`, '--output', `json=${folder}/r.json`], {
      onInterrupt: (callback) => {
        interrupt = callback;
        // The callbacks are for reading, then for writing the reports.
        setTimeout(() => interrupt());
      },
    });

    expect(await result).toMatchObject({ exitCode: 2 });
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('is not written after the signal was aborted', async () => {
    const folder = await folderOf({ old: 'old' });
    const controller = new AbortController();
    function* interrupted(): Iterable<string> {
      yield 'half a report';
      controller.abort();
      yield 'the rest';
    }

    await expect(writeFileAtomically(`${folder}/old`, interrupted(), controller.signal)).rejects.toThrow(
      'aborted',
    );

    expect(await readdir(folder)).toEqual(['old']);
    expect(await readFile(`${folder}/old`, 'utf8')).toBe('old');
  });

  function* broken(): Iterable<string> {
    yield 'half a report';
    throw new Error('cut');
  }

  it('is complete or absent, and leaves no temporary file', async () => {
    const folder = await folderOf({ old: 'old' });

    await expect(writeFileAtomically(`${folder}/old`, broken())).rejects.toThrow('cut');
    await expect(writeFileAtomically(`${folder}/new`, broken())).rejects.toThrow('cut');

    expect(await readdir(folder)).toEqual(['old']);
    expect(await readFile(`${folder}/old`, 'utf8')).toBe('old');
  });

  it('keeps its permissions, or gets the default ones if it is new', async () => {
    const folder = await folderOf({ old: 'old', usual: '' });
    await chmod(`${folder}/old`, 0o660);

    await writeFileAtomically(`${folder}/old`, ['new']);
    await writeFileAtomically(`${folder}/new`, ['new']);

    const modeOf = async (name: string) => (await stat(`${folder}/${name}`)).mode;
    expect((await modeOf('old')) & 0o777).toBe(0o660);
    expect(await modeOf('new')).toBe(await modeOf('usual'));
    expect(await readFile(`${folder}/old`, 'utf8')).toBe('new');
  });

  it('stays the target of its symbolic link, even if it does not exist yet', async () => {
    const folder = await folderOf({ 'deep/old': 'old' });
    await symlink('deep/old', `${folder}/link`);
    await symlink('deep/none', `${folder}/dangling`);

    await writeFileAtomically(`${folder}/link`, ['new']);
    await writeFileAtomically(`${folder}/dangling`, ['made']);

    expect((await lstat(`${folder}/link`)).isSymbolicLink()).toBe(true);
    expect(await readFile(`${folder}/deep/old`, 'utf8')).toBe('new');
    expect(await readFile(`${folder}/deep/none`, 'utf8')).toBe('made');
  });

  it.runIf(process.platform === 'linux')(
    'that is a device stays one, and reports that it is full',
    async () => {
      await expect(writeFileAtomically('/dev/full', ['x'])).rejects.toThrow('ENOSPC');
      await writeFileAtomically('/dev/null', ['x']);

      expect((await stat('/dev/full')).isCharacterDevice()).toBe(true);
      expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
    },
  );

  it('that is a folder is rejected with its name', async () => {
    const folder = await folderOf({});
    await mkdir(`${folder}/here`);

    await expect(writeFileAtomically(`${folder}/here`, ['x'])).rejects.toThrow(`'${folder}/here'`);
  });

  it('in a folder that does not exist is rejected with its name', async () => {
    const folder = await folderOf({});

    await expect(writeFileAtomically(`${folder}/no/r`, ['x'])).rejects.toThrow(`'${folder}/no/r'`);
  });

  it('without write permission stays as it is', async () => {
    const folder = await folderOf({});
    await chmod(folder, 0o777);
    // For root, the file is written by somebody else, who can create files in the folder.
    await writeFile(`${folder}/old`, 'old', { mode: process.getuid?.() === 0 ? 0o644 : 0o444 });

    // Root may write everything, so it becomes somebody else once all is loaded.
    const code = `
      import { writeFileAtomically } from '${ROOT}src/cli/output.ts';
      if (process.getuid?.() === 0) process.setuid(${NOBODY});
      await writeFileAtomically('${folder}/old', ['new']);`;
    const { stderr, status } = spawnSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', code],
      { cwd: ROOT, encoding: 'utf8' },
    );

    expect(status).toBe(1);
    expect(stderr).toContain('EACCES');
    expect(await readFile(`${folder}/old`, 'utf8')).toBe('old');
  });

  it.runIf(process.platform === 'linux')('is written if its folder allows no other file', async () => {
    const name = '/proc/self/comm';
    const before = await readFile(name, 'utf8');

    await writeFileAtomically(name, ['trailkey-test']);

    expect(await readFile(name, 'utf8')).toBe('trailkey-test\n');
    await writeFile(name, before);
  });
});
