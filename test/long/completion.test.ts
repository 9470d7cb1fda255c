import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import process from 'node:process';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from '../support/project.js';

const folder = mkdtempSync(`${tmpdir()}/trailkey-completion-`);
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(`${folder}/snapshot-of-today.json`, '{}');

const scriptFor = (shell: string): string => {
  const { stdout } = spawnSync(process.execPath, ['dist/trailkey.js', 'completion', shell], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  writeFileSync(`${folder}/${shell}.sh`, stdout);
  return `${folder}/${shell}.sh`;
};

/** What is typed, and what a shell makes of it. */
const COMPLETIONS: readonly (readonly [string, string])[] = [
  ['trailkey compl', 'trailkey completion'],
  ['trailkey explain KEY_DIS', 'trailkey explain KEY_DISABLED'],
  ['trailkey check --form', 'trailkey check --format'],
  ['trailkey check --format mark', 'trailkey check --format markdown'],
  ['trailkey check --output sar', 'trailkey check --output sarif='],
  ['trailkey check --output sarif=snap', 'sarif=snapshot-of-today.json'],
  ['trailkey check --param requireK', 'trailkey check --param requireKeyRotation='],
  ['trailkey check --fail-on nev', 'trailkey check --fail-on never'],
  ['trailkey check snap', 'trailkey check snapshot-of-today.json'],
  ['trailkey completion fi', 'trailkey completion fish'],
];

describe.each([
  ['bash', ['bash', '--norc', '--noprofile', '-i'], (script: string) => `source ${script}`],
  ['zsh', ['zsh', '-f', '-i'], (script: string) => `autoload -Uz compinit; compinit -D; source ${script}`],
])('%s', (shell, command, setup) => {
  it.each(COMPLETIONS)('completes %s to %s', (typed, expected) => {
    const { status, stdout, stderr } = spawnSync(
      'python3',
      [`${ROOT}test/support/complete_on_terminal.py`, setup(scriptFor(shell)), typed, expected, ...command],
      { cwd: folder, encoding: 'utf8' },
    );

    expect(status, stdout + stderr).toBe(0);
  });
});

describe('fish', () => {
  it.each(COMPLETIONS)('completes %s to %s', (typed, expected) => {
    const { stdout, stderr } = spawnSync(
      'fish',
      ['--no-config', '-c', `source ${scriptFor('fish')}; complete -C ${JSON.stringify(typed)}`],
      { cwd: folder, encoding: 'utf8' },
    );

    const [last = ''] = expected.split(' ').slice(-1);
    expect(
      stdout.split('\n').map((line) => line.split('\t')[0]),
      stderr,
    ).toContain(last);
  });
});
