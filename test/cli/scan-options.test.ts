import { expect, it } from 'vitest';
import { run } from '../support/run-check.js';

const ROLE = 'arn:aws:iam::111122223333:role/reader';

it.each([
  [['--organization'], '--organization and --role-name NAME belong together: give both or neither.'],
  [['--role-name', 'reader'], '--organization and --role-name NAME belong together'],
  [['--organization', '--role-name', 'a b'], '--role-name should be the name of a role'],
  [
    ['--role-arn', 'reader'],
    '--role-arn should be the ARN of a role, such as arn:aws:iam::111122223333:role/audit',
  ],
  [['--role-arn', 'arn:aws:iam::111122223333:user/ann'], '--role-arn should be the ARN of a role'],
  [['--role-arn', ROLE, '--role-arn', `${ROLE}2`], '--role-arn names account 111122223333 twice.'],
  [['--role-arn', ROLE, '--aggregator', 'all'], 'are three ways: use one of them.'],
  [['--aggregator', 'all!'], '--aggregator should be the name of an aggregator of AWS Config and is "all!".'],
  [
    ['--regions', 'eu-west-1,Ireland'],
    '--regions should hold Regions such as eu-west-1 and holds "Ireland".',
  ],
  [['--regions', ''], 'holds "".'],
  [['--fail-on', 'new'], '--fail-on new needs an earlier JSON report'],
  [['--param', 'x=1'], 'Unknown parameter "x"'],
])('refuses %o before it asks AWS', async (args, message) => {
  const { exitCode, stdout, stderr } = await run(['scan', ...args]);

  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(message);
});

it('has help', async () => {
  const { exitCode, stdout } = await run(['scan', '--help']);

  expect(exitCode).toBe(0);
  for (const option of [
    '--regions',
    '--role-arn',
    '--organization',
    '--role-name',
    '--aggregator',
    '--since-report',
  ]) {
    expect(stdout).toContain(option);
  }
});
