import type { JsonObject } from '../../src/core/json-value.js';

const MEMBERS = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
];
const PRINCIPALS = ['AWS', 'CanonicalUser', 'Federated', 'Service'];
const OPERATOR =
  /^(?:For(?:AllValues|AnyValue):)?(?:String(?:Not)?(?:Equals|Like)(?:IgnoreCase)?|(?:Arn|Numeric|Date)(?:Not)?(?:Equals|Like)|(?:Numeric|Date)(?:Less|Greater)Than(?:Equals)?|Bool|Null|(?:Not)?IpAddress)(?:IfExists)?$/;
const ACTION = /^(?:\*|[a-z][a-z0-9-]*:[A-Za-z*]+)$/;
const RESOURCE = /^(?:\*|arn:(?:\*|aws[a-z-]*):[a-z0-9-]+:.*)$/;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const problemsWithPrincipal = (principal: any): readonly string[] => {
  if (principal === undefined || principal === '*') return [];
  return Object.keys(principal).flatMap((kind) =>
    PRINCIPALS.includes(kind) ? [] : [`"${kind}" is no kind of principal`],
  );
};

const problemsWithStatement = (statement: JsonObject): readonly string[] => {
  const { Sid = '', Effect, Action, NotAction, Resource, NotResource, Principal, Condition = {} } = statement;
  const actions = listOf(Action ?? NotAction);
  return [
    ...Object.keys(statement).flatMap((name) => (MEMBERS.includes(name) ? [] : [`"${name}" is no member`])),
    ...(/^[A-Za-z0-9]*$/.test(String(Sid)) ? [] : [`"${Sid}" is no Sid`]),
    ...(Effect === 'Allow' || Effect === 'Deny' ? [] : [`"${Effect}" is no Effect`]),
    ...actions.flatMap((action) => (ACTION.test(String(action)) ? [] : [`"${action}" is no action`])),
    ...listOf(Resource ?? NotResource ?? '*').flatMap((resource) =>
      RESOURCE.test(String(resource)) ? [] : [`"${resource}" is no resource`],
    ),
    ...(Resource === undefined && Principal === undefined ? ['neither Resource nor Principal'] : []),
    ...problemsWithPrincipal(Principal),
    ...Object.keys(Object(Condition)).flatMap((operator) =>
      OPERATOR.test(operator) ? [] : [`"${operator}" is no operator`],
    ),
  ];
};

/**
 * What is wrong with a policy of IAM, or of a resource, or with statements of one.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export const problemsWithPolicy = (policy: any): readonly string[] => {
  const isWhole = Object.hasOwn(policy, 'Statement');
  const statements: readonly JsonObject[] = isWhole ? policy.Statement : [policy].flat();
  const sids = statements.map(({ Sid }) => Sid).filter((sid) => sid !== undefined);
  return [
    ...(isWhole && policy.Version !== '2012-10-17' ? [`Version is ${policy.Version}`] : []),
    ...(isWhole && Object.keys(policy).some((name) => !['Id', 'Statement', 'Version'].includes(name))
      ? ['a member that is neither Id, Version nor Statement']
      : []),
    ...(statements.length === 0 ? ['no statement'] : []),
    ...(new Set(sids).size === sids.length ? [] : ['two statements with one Sid']),
    ...statements.flatMap(problemsWithStatement),
  ];
};
