import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { ROOT } from '../support/project.js';

const onTerminal = (columns: number, env: Readonly<Record<string, string>> = {}) =>
  spawnSync(
    'python3',
    [
      'test/support/on_terminal.py',
      String(columns),
      process.execPath,
      'dist/trailkey.js',
      'check',
      'examples/organization',
    ],
    { cwd: ROOT, encoding: 'utf8', env: { ...process.env, ...env } },
  );

it.each([60, 80, 200])('fits a real terminal of %i columns, in color', (columns) => {
  const { status, stdout } = onTerminal(columns, { NO_COLOR: '' });

  expect(status).toBe(1);
  expect(stdout).toContain('\u001b[31mHIGH');
  // A command to copy is one line, whatever its length.
  const lines = stripVTControlCharacters(stdout)
    .split('\r\n')
    .filter((line) => !line.startsWith('      aws '));
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns);
});

it('shows no color on a terminal with NO_COLOR', () => {
  expect(onTerminal(80, { NO_COLOR: '1' }).stdout).not.toContain('\u001b[3');
});
