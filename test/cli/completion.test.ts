import { describe, expect, it } from 'vitest';
import { DOCTOR_FORMATS } from '../../src/cli/doctor-report.js';
import { FORMATS } from '../../src/cli/reporters/index.js';
import { FAIL_ON } from '../../src/core/report.js';
import { PARAMETER_NAMES } from '../../src/core/rule-parameters.js';
import { VERDICT_CODES } from '../../src/core/verdict.js';
import { run } from '../support/run-check.js';

const script = async (shell: string) => (await run(['completion', shell])).stdout;

describe.each(['bash', 'zsh', 'fish'])('the script for %s', (shell) => {
  it('contains every command with its options', async () => {
    const text = await script(shell);
    const { stdout: help } = await run(['check', '--help']);

    for (const command of ['check', 'explain', 'completion', 'help']) expect(text).toContain(command);
    for (const [, option = ''] of help.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)/gm)) {
      expect(text).toContain(shell === 'fish' ? `-l ${option} ` : `--${option}`);
    }
  });

  it('contains formats, parameters, choices and verdicts', async () => {
    const text = await script(shell);

    expect(text).toContain(FORMATS.join(' '));
    expect(text).toContain(FORMATS.map((format) => `${format}=`).join(' '));
    expect(text).toContain(PARAMETER_NAMES.map((name) => `${name}=`).join(' '));
    expect(text).toContain(FAIL_ON.join(' '));
    expect(text).toContain(VERDICT_CODES.join(' '));
  });
});

it('contains the formats of doctor, which has fewer', async () => {
  expect(await script('bash')).toContain(
    `'doctor --format') COMPREPLY=($(compgen -W '${DOCTOR_FORMATS.join(' ')}'`,
  );
});

it('accepts the name of a shell in any case', async () => {
  expect(await script('BASH')).toBe(await script('bash'));
});

it('refuses an unsupported shell', async () => {
  const { exitCode, stderr } = await run(['completion', 'tcsh']);

  expect(exitCode).toBe(2);
  expect(stderr).toBe('trailkey: SHELL must be one of bash, zsh, fish; received "tcsh".\n');
});
