/**
 * A second evaluator of key policies, written from the pages of IAM, KMS and CloudTrail and not from the code that it is held against, as
 * plainly as it can be. It knows no certainty: it goes through every request that is possible, and decides each as IAM does.
 */

/** A policy as the generator writes it: every element is well-formed or absent. */
export type PlainPolicy = { readonly Version: '2012-10-17'; readonly Statement: readonly PlainStatement[] };

export type PlainStatement = {
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: PlainPrincipal;
  readonly NotPrincipal?: PlainPrincipal;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: PlainCondition;
};

type PlainPrincipal = '*' | Readonly<Record<string, string | readonly string[]>>;
type PlainCondition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** A request that can be: the values of each condition key, and what IAM does where no page tells. */
type World = ReadonlyMap<string, readonly string[]>;

/** Everything that a request can be: for each condition key, in lower case, the lists of values that are possible. */
type Possibilities = ReadonlyMap<string, readonly (readonly string[])[]>;

type Caller = { readonly service?: string; readonly action: string; readonly keyArn: string };

/** What comes of a policy: in how many requests CloudTrail is let in or kept out, and what an outsider can call. */
export type PlainResult = {
  readonly allowed: number;
  readonly blocked: number;
  readonly openActions: readonly string[];
};

const MAX_WORLDS = 20_000;

/** Decides every request that is possible, or nothing where there are too many. */
export const decidePlainly = (
  policy: PlainPolicy,
  { keyArn, trailArn }: { readonly keyArn: string; readonly trailArn: string },
  actions: readonly string[],
): PlainResult | undefined => {
  const delivery = worldsOf(policy, cloudTrail(keyArn, trailArn));
  const outside = worldsOf(policy, outsider(keyArn, policy));
  if (!delivery || !outside) return undefined;
  const call = { service: 'cloudtrail.amazonaws.com', action: 'kms:GenerateDataKey', keyArn };
  const allowed = delivery.filter((world) => isAllowed(policy, call, world)).length;
  return {
    allowed,
    blocked: delivery.length - allowed,
    openActions: actions.filter((action) =>
      outside.some((world) => isAllowed(policy, { action, keyArn }, world)),
    ),
  };
};

const isAllowed = (policy: PlainPolicy, caller: Caller, world: World): boolean => {
  const applying = policy.Statement.filter((statement) => applies(statement, caller, world));
  return applying.length > 0 && applying.every(({ Effect }) => Effect === 'Allow');
};

const applies = (statement: PlainStatement, caller: Caller, world: World): boolean => {
  // "If the required element is missing, the statement has no effect."
  if (statement.Action === undefined && statement.NotAction === undefined) return false;
  if (statement.Resource === undefined && statement.NotResource === undefined) return false;
  const isAction = (pattern: string) => glob(pattern.toLowerCase(), caller.action.toLowerCase());
  const isKey = (pattern: string) => glob(pattern, caller.keyArn);
  return (
    (statement.Principal === undefined
      ? !isListed(statement.NotPrincipal, caller, world)
      : isListed(statement.Principal, caller, world)) &&
    (statement.Action === undefined
      ? !many(statement.NotAction).some(isAction)
      : many(statement.Action).some(isAction)) &&
    (statement.Resource === undefined
      ? !many(statement.NotResource).some(isKey)
      : many(statement.Resource).some(isKey)) &&
    testsIn(statement).every((test) => holds(test, world))
  );
};

const isListed = (principal: PlainPrincipal | undefined, { service }: Caller, world: World): boolean => {
  if (principal === '*') return true;
  return Object.entries(principal ?? {}).some(([type, values]) =>
    many(values).some((value) => {
      if (type === 'AWS') return value === '*';
      if (type !== 'Service' || service === undefined) return false;
      return value === service || (isVariant(value) && isGuessed(world, value));
    }),
  );
};

/** A name that is CloudTrail's in other words: no page says whether it works. */
const isVariant = (value: string): boolean =>
  /^cloudtrail\./i.test(value) && value !== 'cloudtrail.amazonaws.com';

const many = (value: string | readonly string[] | undefined): readonly string[] =>
  typeof value === 'string' ? [value] : (value ?? []);

const glob = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${[...pattern].map((sign) => (sign === '*' ? '[^]*' : sign === '?' ? '[^]' : sign.replace(/[^\w]/g, '\\$&'))).join('')}$`,
  ).test(text);

type PlainTest = { readonly operator: string; readonly key: string; readonly values: readonly string[] };

const testsIn = ({ Condition = {} }: PlainStatement): readonly PlainTest[] =>
  Object.entries(Condition).flatMap(([operator, block]) =>
    Object.entries(block).map(([key, value]) => ({ operator, key: key.toLowerCase(), values: many(value) })),
  );

const holds = (test: PlainTest, world: World): boolean => {
  const actual = world.get(test.key) ?? [];
  const [set, operator] = test.operator.includes(':') ? test.operator.split(':') : ['', test.operator];
  const name = (operator ?? '').replace(/IfExists$/, '');
  if (name === 'Null') return test.values.some((value) => (value === 'true') === (actual.length === 0));
  if (isUndocumented(test, world)) return isGuessed(world, labelOf(test));
  const isNegated = name.includes('Not');
  if (actual.length === 0) {
    if (set === 'ForAllValues') return true;
    if (set === 'ForAnyValue') return false;
    return isNegated || test.operator.endsWith('IfExists');
  }
  const fits = (value: string) => {
    const found = test.values.some((wanted) =>
      isShortArn(name, wanted)
        ? isGuessed(world, `? ARN ${wanted}`)
        : compare(name.replace('Not', ''), resolve(wanted, world), value),
    );
    return isNegated ? !found : found;
  };
  return set === 'ForAllValues' ? actual.every(fits) : actual.some(fits);
};

/** An ARN has six parts: no page says what a pattern with fewer matches. */
const isShortArn = (operator: string, wanted: string): boolean =>
  operator.startsWith('Arn') && wanted.replace(/\$\{[^}]*\}/g, '').split(':').length < 6;

/** What the pages leave open: ForAnyValue with IfExists on an absent key, a list without a set operator. */
const isUndocumented = ({ operator, key }: PlainTest, world: World): boolean => {
  const actual = world.get(key) ?? [];
  if (actual.length === 0) return operator.startsWith('ForAnyValue:') && operator.endsWith('IfExists');
  return actual.length > 1 && !operator.includes(':');
};

const labelOf = ({ operator, key, values }: PlainTest): string => `? ${operator} ${key} ${values.join()}`;

const isGuessed = (world: World, label: string): boolean => world.get(label)?.length === 1;

/** A variable of an absent key matches nothing. */
const resolve = (wanted: string, world: World): string =>
  wanted.replace(/\$\{([^}]+)\}/g, (_, key: string) => world.get(key.toLowerCase())?.[0] ?? '\0');

const compare = (operator: string, wanted: string, actual: string): boolean => {
  switch (operator) {
    case 'StringEquals':
      return wanted === actual;
    case 'Bool':
    case 'StringEqualsIgnoreCase':
      return wanted.toLowerCase() === actual.toLowerCase();
    case 'StringLike':
      return glob(wanted, actual);
    case 'ArnEquals':
    case 'ArnLike':
      return isSameArn(wanted, actual);
    case 'NumericLessThan':
      return Number(actual) < Number(wanted);
    case 'NumericGreaterThan':
      return Number(actual) > Number(wanted);
    case 'IpAddress':
      return wanted.endsWith('/0') || actual.startsWith(wanted.replace(/\d+\/24$/, ''));
    default:
      throw new Error(`the generator should not write ${operator}`);
  }
};

const isSameArn = (wanted: string, actual: string): boolean => {
  const [patterns, parts] = [wanted.split(':'), actual.split(':')];
  return (
    patterns.slice(0, 5).every((pattern, at) => glob(pattern, parts[at] ?? '')) &&
    glob(patterns.slice(5).join(':'), parts.slice(5).join(':'))
  );
};

/** What a principal outside has or has not, and what a page does not tell: anything that the policy writes, and something else. */
const ELSE = 'arn:aws:sns:eu-west-1:999988887777:something-else';

const cloudTrail = (keyArn: string, trailArn: string): Possibilities => {
  const [, , , region = '', account = ''] = keyArn.split(':');
  return new Map([
    ['aws:sourcearn', [[trailArn]]],
    ['aws:sourceaccount', [[trailArn.split(':')[4] ?? '']]],
    ['kms:encryptioncontext:aws:cloudtrail:arn', [[trailArn]]],
    ['kms:encryptioncontext:department', [[]]],
    ['kms:encryptioncontextkeys', [['aws:cloudtrail:arn', 'aws:s3:arn']]],
    ['kms:encryptionalgorithm', [['SYMMETRIC_DEFAULT']]],
    ['kms:grantisforawsresource', [[]]],
    ['aws:principalisawsservice', [['true']]],
    ['aws:principalservicename', [['cloudtrail.amazonaws.com']]],
    ['aws:principalorgid', [[]]],
    ['aws:principalorgpaths', [[]]],
    ['aws:principaltag/team', [[]]],
    ['aws:calledvia', [[]]],
    ['aws:userid', [[]]],
    ['aws:multifactorauthage', [[]]],
    ['aws:multifactorauthpresent', [[], ['false']]],
    ['aws:requestedregion', [[region]]],
    ['aws:resourceaccount', [[account]]],
    ['aws:securetransport', [['true']]],
  ]);
};

const OUTSIDE = '999988887777';

const isWholeArn = (text: string): boolean => text.split(':').length === 6 && !text.includes('*');

/** Somebody in an account that the policy does not write, who has whatever such a person can have. */
const outsider = (keyArn: string, policy: PlainPolicy): Possibilities => {
  const [, , , region = '', account = ''] = keyArn.split(':');
  const own = (...values: readonly string[]) => values.map((value) => [value]);
  const arns = valuesOf(policy, ['aws:principalarn', 'aws:sourcearn']).flatMap((pattern) => [
    pattern.replace(/\*+/g, OUTSIDE),
    pattern.replace(/^(arn:[^:]*:[^:]*:[^:]*:)\*/, `$1${OUTSIDE}`).replace(/\*/g, 'x'),
    // The first star can stand for the rest of the ARN.
    ...[`x:${OUTSIDE}:x`, `${OUTSIDE}:x`].map((rest) => pattern.replace('*', rest)).filter(isWholeArn),
  ]);
  const outsideArns = [...new Set([ELSE, ...arns])].filter((arn) => arn.split(':')[4] === OUTSIDE);
  return new Map([
    ['aws:sourcearn', [[], ...own(...outsideArns)]],
    ['aws:principalarn', own(...outsideArns)],
    ['aws:sourceaccount', [[], [OUTSIDE]]],
    ['aws:principalaccount', [[OUTSIDE]]],
    ['kms:calleraccount', [[OUTSIDE]]],
    ['aws:userid', [['AROAOUTSIDE:x']]],
    ['aws:sourceip', [['198.51.100.1']]],
    ['aws:principalorgid', [[], ['o-outside']]],
    ['aws:principalorgpaths', [[], ['o-outside/r-1/']]],
    ['aws:sourcevpce', [[], ['vpce-outside']]],
    ['aws:sourceorgid', [[], ['o-outside']]],
    ['aws:principalisawsservice', [['false']]],
    ['aws:principalservicename', [[]]],
    ['aws:viaawsservice', [['false']]],
    ['aws:requestedregion', [[region]]],
    ['aws:resourceaccount', [[account]]],
    ['aws:securetransport', [['true']]],
  ]);
};

const valuesOf = (policy: PlainPolicy, keys: readonly string[]): readonly string[] =>
  policy.Statement.flatMap(testsIn).flatMap(({ key, values }) => (keys.includes(key) ? values : []));

/** Every request that is possible, as far as the policy asks about it. */
const worldsOf = (policy: PlainPolicy, known: Possibilities): readonly World[] | undefined => {
  const tests = policy.Statement.flatMap(testsIn);
  const variables = tests.flatMap(({ values }) =>
    values.flatMap((value) => [...value.matchAll(/\$\{([^}]+)\}/g)].map(([, key = '']) => key.toLowerCase())),
  );
  const asked = [...new Set([...tests.map(({ key }) => key), ...variables])];
  const guesses = [
    ...tests
      .map(labelOf)
      .filter((label) => /\? ForAnyValue:\w*IfExists|\? (?!For)\S+ kms:encryptioncontextkeys/.test(label)),
    ...tests.flatMap(({ operator, values }) =>
      values
        .filter((wanted) => isShortArn(operator.replace(/.*:/, ''), wanted))
        .map((wanted) => `? ARN ${wanted}`),
    ),
    ...policy.Statement.flatMap(({ Principal, NotPrincipal }) =>
      [Principal, NotPrincipal].flatMap((one) =>
        typeof one === 'object' ? Object.values(one).flatMap(many).filter(isVariant) : [],
      ),
    ),
  ];
  const domains: readonly (readonly [string, readonly (readonly string[])[]])[] = [
    ...asked.map((key) => [key, known.get(key) ?? anything(policy, key)] as const),
    ...[...new Set(guesses)].map((label) => [label, [[], ['yes']]] as const),
  ];
  if (domains.reduce((product, [, values]) => product * values.length, 1) > MAX_WORLDS) return undefined;
  return domains.reduce<readonly World[]>(
    (worlds, [key, values]) =>
      worlds.flatMap((world) => values.map((value) => new Map([...world, [key, value]]))),
    [new Map()],
  );
};

/** A key of which nothing is known: absent, each value that the policy writes, or another. `kms:EncryptionContext:aws:s3:arn` is there. */
const anything = (policy: PlainPolicy, key: string): readonly (readonly string[])[] => [
  ...(key === 'kms:encryptioncontext:aws:s3:arn' ? [] : [[]]),
  ...[...new Set([ELSE, 'true', 'false', '10', ...valuesOf(policy, [key])])].map((value) => [
    value.replace(/[*?]/g, 'x'),
  ]),
];
