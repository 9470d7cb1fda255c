import { expect, it } from 'vitest';
import { textAt } from './support/project.js';
import { render, resourcesOf, templateAt } from './support/stack.js';

const [, NEVER = ''] =
  /### What the documents can never do\n([\s\S]*?)\n## /.exec(textAt('SECURITY.md')) ?? [];
const ACTIONS = [...NEVER.matchAll(/^\|.*\|$/gm)].flatMap(([row]) =>
  [...row.matchAll(/`([a-z0-9]+:[A-Za-z]+)`/g)].map(([, action = '']) => action),
);
const PLACE = { 'AWS::Partition': 'aws', 'AWS::Region': 'eu-west-1', 'AWS::AccountId': '111122223333' };

/** What a role is allowed, by its policies and less what they deny; a statement may end in a star. */
const isAllowed = (statements: readonly any[], action: string): boolean => {
  const applies = ({ Action }: any): boolean =>
    [Action].flat().some((pattern: string) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(action));
  return (
    statements.some((one) => one.Effect === 'Allow' && applies(one)) &&
    !statements.some((one) => one.Effect === 'Deny' && applies(one))
  );
};

const rolesWith = (given: Record<string, string>) => {
  const stack = render(templateAt('.serverless/cloudformation-template-update-stack.json'), PLACE, given);
  return resourcesOf(stack, 'AWS::IAM::Role')
    .filter(([, { Properties }]) => /trailkey-(?:remediation|repair)-/.test(Properties.RoleName))
    .map(([, { Properties }]): readonly [string, readonly any[]] => [
      Properties.RoleName,
      Properties.Policies.flatMap(({ PolicyDocument }: any) => PolicyDocument.Statement).filter(Boolean),
    ]);
};

it('neither role of the repairs may do what SECURITY.md says that the documents never do', () => {
  const roles = rolesWith({});

  expect(roles.map(([name]) => name).toSorted()).toEqual([
    'trailkey-remediation-eu-west-1',
    'trailkey-repair-eu-west-1',
  ]);
  expect(ACTIONS.length).toBeGreaterThan(15);
  for (const [name, statements] of roles) {
    expect(isAllowed(statements, 'cloudtrail:UpdateTrail'), name).toBe(true);
    expect(
      ACTIONS.filter((action) => isAllowed(statements, action)),
      name,
    ).toEqual([]);
  }
});

it('only the role that people start restores keys, and stops trails where that is allowed', () => {
  const able = (action: string) =>
    rolesWith({ AllowStopLogging: 'true' })
      .filter(([, statements]) => isAllowed(statements, action))
      .map(([name]) => name);

  for (const action of ['kms:EnableKey', 'kms:CancelKeyDeletion', 'cloudtrail:StopLogging']) {
    expect(able(action)).toEqual(['trailkey-repair-eu-west-1']);
  }
});
