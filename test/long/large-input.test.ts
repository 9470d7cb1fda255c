import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { trailItem } from '../support/builders.js';
import { writeLargeSnapshot } from '../support/large-snapshot.js';
import { ROOT } from '../support/project.js';

const folder = mkdtempSync(`${tmpdir()}/trailkey-large-`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Prints the maximum memory of the process when it exits, in kilobytes. */
const WITH_MEMORY =
  "data:text/javascript,process.on('exit',()=>console.error(process.resourceUsage().maxRSS))";
const MEGABYTE = 1e6;

/** Evaluates a snapshot of a size and returns the maximum memory of the process, in megabytes. */
const memoryFor = (bytes: number): number => {
  const file = `${folder}/${bytes}.json.gz`;
  writeLargeSnapshot(file, bytes);
  const args = ['--import', WITH_MEMORY, 'dist/trailkey.js', 'check', file, '--format', 'json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  expect(JSON.parse(stdout).findings).toMatchObject([{ code: 'CMK_USABLE' }]);
  return Number(stderr) / 1000;
};

it('a snapshot of 2 GB needs less than 200 MB of memory, and one of 4 GB no more than garbage collection explains', () => {
  const [large, twice] = [memoryFor(2000 * MEGABYTE), memoryFor(4000 * MEGABYTE)];

  expect(large).toBeLessThan(200);
  expect(twice).toBeLessThan(Math.max(large * 1.3, 150));
});

it.each([
  {
    of: 'a name',
    before: `{"configurationItems":[${JSON.stringify(trailItem()).slice(0, -1)},"x":"`,
    filling: 'a',
    after: '"}]}',
    message: /this value is larger than 16 MiB and was not read/,
  },
  {
    of: 'brackets',
    before: '{"configurationItems":[{"resourceType":"AWS::EC2::Instance","x":',
    filling: '[',
    after: '',
    message: /the data is incomplete/,
  },
])('a gzip file of 4 MB that decompresses to 4 GB of $of needs less than 200 MB of memory', (bomb) => {
  const file = `${folder}/bomb.json.gz`;
  const packed = gzipSync(bomb.filling.repeat(10 * MEGABYTE), { level: 9 });
  writeFileSync(file, gzipSync(bomb.before));
  for (let written = 0; written < 400; written += 1) appendFileSync(file, packed);
  appendFileSync(file, gzipSync(bomb.after));
  const args = ['--import', WITH_MEMORY, 'dist/trailkey.js', 'check', file, '--quiet'];

  const { status, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });

  expect(statSync(file).size).toBeLessThan(5 * MEGABYTE);
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(bomb.message) });
  expect(Number(stderr.trim().split('\n').at(-1)) / 1000).toBeLessThan(200);
});

const onTerminal = (env: Readonly<Record<string, string>>) =>
  spawnSync(
    'python3',
    [
      'test/support/on_terminal.py',
      '60',
      process.execPath,
      'dist/trailkey.js',
      'check',
      `${folder}/progress.json.gz`,
    ],
    { cwd: ROOT, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1', ...env } },
  );

it('shows progress on a real terminal, within its width, and clears it', () => {
  writeLargeSnapshot(`${folder}/progress.json.gz`, 3000 * MEGABYTE);

  const { status, stdout } = onTerminal({});

  expect(status).toBe(0);
  const [, ...lines] = stdout.split('\r\u001b[K');
  expect(lines.length).toBeGreaterThan(3);
  for (const line of lines.slice(0, -1)) expect(line).toMatch(/^Reading: [\d.]+ .B of [\d.]+ .B \(\d+%\)$/);
  expect(lines.at(-1)).toContain('CMK_USABLE');
});

it('ends on Ctrl-C with the report of the evaluated trails and exit code 2', () => {
  const { status, stdout } = onTerminal({ INTERRUPT_AFTER: 'Reading' });

  expect(status).toBe(2);
  expect(stdout).toContain('1 of 1 trail is NON_COMPLIANT.');
  expect(stdout.replace(/\s+/g, ' ')).toContain('Interrupted: the rest was not evaluated.');
});

it.each(['SIGINT', 'SIGTERM'] as const)('ends on %s while it waits for standard input', async (signal) => {
  const child = spawn(process.execPath, ['dist/trailkey.js', 'check', '-'], { cwd: ROOT });
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  child.stdin.write('{"Trail"');
  // The command handles signals when it reads, which it does not report.
  await new Promise((resolve) => setTimeout(resolve, 1000));

  child.kill(signal);

  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(2);
  expect(stderr).toContain('Interrupted');
});
