/**
 * The parameters of the stack, from serverless/parameters.yml and cloudformation/trail-key.yaml, with the settings under
 * `custom.trailkey` in serverless.yml as their defaults. Invalid settings stop the packaging with one sentence for each problem.
 */
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const tsx = require('tsx/cjs/api');
const { parse } = require('yaml');

const { parseRuleParameters } = tsx.require('../src/core/rule-parameters.ts', __filename);

const read = (path) => parse(readFileSync(join(__dirname, '..', path), 'utf8'));

/** An approver as in Trailkey-RestoreKey, but without commas, which separate approvers here. */
const APPROVER =
  '(arn:aws[a-z0-9-]*:(iam|sts)::\\d{12}:(user|role|assumed-role)/[\\w+=.@/-]{1,512}|[\\w+=.@-]{1,64})';
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Each CloudFormation parameter with the name of its setting. */
const PARAMETERS = [
  ...Object.entries(read('serverless/parameters.yml')).map(([parameter, { Default, ...shape }]) => {
    const [, setting] = /^\$\{self:custom\.trailkey\.(.+)\}$/.exec(Default);
    return { setting, parameter, shape };
  }),
  ...Object.entries(read('cloudformation/trail-key.yaml').Parameters).map(([parameter, shape]) => {
    const name = parameter.replace('TrailKey', '');
    return { setting: `trailKey.${name[0].toLowerCase()}${name.slice(1)}`, parameter, shape };
  }),
];

/** The constraints of each setting, as CloudFormation parameter properties. */
const SETTINGS = {
  ...Object.fromEntries(PARAMETERS.map(({ setting, shape }) => [setting, shape])),
  approvers: {
    AllowedPattern: `^$|^${APPROVER}( *, *${APPROVER}){0,9}$`,
    ConstraintDescription:
      'must be empty or at most 10 ARNs or names of users, roles or sessions, separated by commas.',
  },
  logRetentionDays: { AllowedValues: LOG_RETENTION_DAYS.map(String) },
};

/** The settings by dotted name, such as remediation.key. A null setting is not set. */
const flatten = (settings) =>
  Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) => {
      if (value === null) return [];
      if (typeof value !== 'object') return [[name, String(value)]];
      return Object.entries(flatten(value)).map(([inner, one]) => [`${name}.${inner}`, one]);
    }),
  );

const problemsWithSetting = ([setting, value]) => {
  if (setting.startsWith('parameters.')) return []; // The rule's own parser checks these.
  if (!Object.hasOwn(SETTINGS, setting))
    return [`"${setting}" is not a setting. The settings are ${Object.keys(SETTINGS).join(', ')}.`];
  const { AllowedValues, AllowedPattern, ConstraintDescription } = SETTINGS[setting];
  const fits = AllowedValues?.includes(value) ?? new RegExp(AllowedPattern).test(value);
  const expected = ConstraintDescription ?? `must be one of ${AllowedValues.join(', ')}.`;
  return fits ? [] : [`${setting} is "${value}", but ${expected}`];
};

const problemsWithRule = (parameters) => {
  try {
    parseRuleParameters(parameters);
    return [];
  } catch (error) {
    if (error.problems) return error.problems.map((problem) => `parameters: ${problem}`);
    throw error;
  }
};

const problemsWithRemediation = ({
  createRule,
  'remediation.key': key,
  'remediation.automatic': automatic,
  'parameters.kmsKeyArns': kmsKeyArns,
}) => {
  const allowed = kmsKeyArns.split(',').map((arn) => arn.trim());
  return [
    automatic === 'true' &&
      key === '' &&
      'remediation.automatic is "true", but remediation.key is empty. Set remediation.key, or set remediation.automatic to false.',
    automatic === 'true' &&
      createRule === 'false' &&
      'remediation.automatic is "true", but createRule is "false". Set the remediation in the conformance pack, or set createRule to true.',
    key.includes(':key/') &&
      kmsKeyArns !== '' &&
      !allowed.includes(key) &&
      `remediation.key is "${key}", but must be one of parameters.kmsKeyArns, the keys that the rule accepts.`,
  ].filter(Boolean);
};

module.exports = async ({ resolveVariable }) => {
  const given = await resolveVariable('self:custom.trailkey');
  const defaults = Object.entries(SETTINGS).map(([setting, { Default = '' }]) => [setting, Default]);
  const settings = { ...Object.fromEntries(defaults), ...flatten(given) };
  const problems = [
    ...Object.entries(settings).flatMap(problemsWithSetting),
    ...problemsWithRule(flatten(given.parameters ?? {})),
    ...problemsWithRemediation(settings),
  ];
  if (problems.length > 0) {
    const error = new Error(`custom.trailkey in serverless.yml is invalid: ${problems.join(' ')}`);
    error.stack = error.message; // osls prints the stack.
    throw error;
  }
  return {
    parameters: Object.fromEntries(
      PARAMETERS.map(({ setting, parameter, shape }) => [
        parameter,
        { ...shape, Default: settings[setting] },
      ]),
    ),
  };
};
