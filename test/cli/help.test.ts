import { describe, expect, it } from 'vitest';
import { FORMATS } from '../../src/cli/reporters/index.js';
import { didYouMean } from '../../src/cli/usage-error.js';
import { DEFAULT_KEY } from '../../src/core/remediation.js';
import { PARAMETER_NAMES } from '../../src/core/rule-parameters.js';
import { VERSION } from '../../src/version.js';
import { folderOf } from '../support/files.js';
import { run } from '../support/run-check.js';

const helpOf = async (...command: readonly string[]) => (await run([...command, '--help'])).stdout;
const commands = async () =>
  [...(await helpOf()).matchAll(/^ {2}([a-z-]+) .* {2}\S/gm)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'help');

it('shows examples for every command, and for the program', async () => {
  expect(await commands()).toEqual(expect.arrayContaining(['check', 'explain', 'completion']));
  for (const command of [[], ...(await commands()).map((name) => [name])]) {
    expect(await helpOf(...command), command.join()).toMatch(/\nExamples:\n(?: {2}\$ trailkey .*\n)+/);
  }
});

it('shows the exit codes of every command, and of the program', async () => {
  for (const command of [[], ...(await commands()).map((name) => [name])]) {
    expect(await helpOf(...command), command.join()).toMatch(
      /\nExit codes:\n {2}0 {2}.+\n(?: {2}1 {2}.+\n)? {2}2 {2}.+\n/,
    );
  }
});

it.each([['-v'], ['--version'], ['version']])('prints the version with %s', async (word) => {
  expect(await run([word])).toEqual({ exitCode: 0, stdout: `${VERSION}\n`, stderr: '' });
});

it('shows each line of completion so that it can be copied', async () => {
  const lines = (await helpOf('completion')).split('\n');

  expect(lines).toEqual(
    expect.arrayContaining([
      '  source <(trailkey completion bash)',
      '  source <(trailkey completion zsh)',
      '  trailkey completion fish > ~/.config/fish/completions/trailkey.fish',
    ]),
  );
});

it('offers --profile and --region for every command that calls AWS', async () => {
  for (const command of ['scan', 'remediate', 'back-out']) {
    expect(await helpOf(command)).toMatch(/ {2}--profile <name> .*[\s\S]* {2}--region <region> /);
  }
});

it('shows examples with existing options and commands', async () => {
  for (const command of await commands()) {
    const help = await helpOf(command);
    const examples = help.slice(help.indexOf('Examples:'));
    for (const [option] of examples.matchAll(/--[a-z-]+/g))
      expect(help).toMatch(new RegExp(`^  (-\\w, )?${option}`, 'm'));
    for (const [, name] of examples.matchAll(/\$ trailkey ([a-z-]+)/g)) expect(name).toBe(command);
  }
});

it('lists every format', async () => {
  const help = (await helpOf('check')).replace(/\s+/g, ' ');

  expect(help).toContain(
    `report on standard output: ${FORMATS.join(', ').replace(/, (\w+)$/, ' or $1')} (default`,
  );
});

it('contains the default key', async () => {
  expect((await helpOf('remediate')).replace(/\s+/g, ' ')).toContain(`by default ${DEFAULT_KEY}`);
});

it('shows the same with help before a command as with --help behind it', async () => {
  expect((await run(['help'])).stdout).toBe(await helpOf());
  expect(await run(['help', 'check'])).toEqual({ exitCode: 0, stdout: await helpOf('check'), stderr: '' });
});

describe('a misspelled', () => {
  it.each([
    ['command', ['chek', 'x.json'], 'Did you mean check?'],
    ['command to help with', ['help', 'chek'], 'trailkey: Unknown command "chek". Did you mean check?'],
    ['option', ['check', 'x.json', '--fromat', 'json'], 'Did you mean --format?'],
    ['format', ['check', 'x.json', '--format', 'jnuit'], 'Did you mean junit?'],
    ['format of a file', ['check', 'x.json', '--output', 'sarf=x'], 'Did you mean sarif?'],
    ['parameter', ['check', 'x.json', '--param', 'checkKeyPolcy=true'], 'Did you mean checkKeyPolicy?'],
    ['choice', ['check', 'x.json', '--fail-on', 'nevr'], 'Did you mean never?'],
    ['verdict', ['explain', 'cmk_usabel'], 'Did you mean CMK_USABLE?'],
    ['shell', ['completion', 'fihs'], 'Did you mean fish?'],
  ])('%s gets a suggestion', async (_, words, question) => {
    const { exitCode, stderr } = await run(words);

    expect(exitCode).toBe(2);
    expect(stderr).toContain(question);
  });

  it('parameter in a file gets a suggestion', async () => {
    const folder = await folderOf({ 'a.json': '{"requireKeyRotatoin":"true"}' });

    const { stderr } = await run(['check', 'x.json', '--param-file', `${folder}/a.json`]);

    expect(stderr).toContain('Did you mean requireKeyRotation?');
  });

  it('parameter that is close to no other gets only the list', async () => {
    const { stderr } = await run(['check', 'x.json', '--param', 'color=red']);

    expect(stderr).toContain(`The parameters are ${PARAMETER_NAMES.join(', ')}.\n`);
  });
});

it.each([
  ['json', ' Did you mean json?'],
  ['JSON', ' Did you mean json?'],
  ['jso', ' Did you mean json?'],
  ['jsno', ' Did you mean json?'],
  ['jjson', ' Did you mean json?'],
  ['jxon', ' Did you mean json?'],
  ['jxxn', ''],
  ['', ''],
])('suggests for %j "%s"', (word, question) => {
  expect(didYouMean(word, ['text', 'json', 'csv'])).toBe(question);
});

it('suggests the closest of several, and the first of equals', () => {
  expect(didYouMean('abcdef', ['abcdxx', 'abcdex', 'abcdey'])).toBe(' Did you mean abcdex?');
});
