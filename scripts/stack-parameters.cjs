/**
 * The parameters of the CloudFormation stack, with the values under `custom.trailkey` in serverless.yml as their defaults. What is
 * wrong there stops `serverless package` with a sentence for each problem, before AWS sees it.
 */
const Module = require('node:module');
const { join } = require('node:path');
const { buildSync } = require('esbuild');
const { documents } = require('./ssm-documents.cjs');
const { Parameters: trailKeyParameters } = require('./trail-key.cjs');

/** The core itself says what a rule parameter may be: it is not written a second time. */
const loadCore = (name) => {
  const file = join(__dirname, '../src/core', name);
  const { outputFiles } = buildSync({
    entryPoints: [file],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
  });
  const loaded = new Module(file);
  loaded._compile(outputFiles[0].text, file);
  return loaded.exports;
};

const FREQUENCIES = ['One_Hour', 'Three_Hours', 'Six_Hours', 'Twelve_Hours', 'TwentyFour_Hours'];
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const YES_OR_NO = ['true', 'false'];
const DAYS = '^$|^([0-9]|[1-9][0-9]|[12][0-9]{2}|3[0-5][0-9]|36[0-5])$';
const CONCURRENCY = '^$|^[1-9][0-9]{0,3}$';

const BUILT = documents();
/** A key as Trailkey-EncryptTrail takes it, or nothing: the document itself says what that may be. */
const KEY = BUILT['Trailkey-EncryptTrail'].parameters.KmsKeyId.allowedPattern.replace('^', '^$|^');
/** At most ten approvers, each as Trailkey-RestoreKey takes it, or nothing. */
const APPROVER = BUILT['Trailkey-RestoreKey'].parameters.Approvers.allowedPattern.slice(1, -1);
const APPROVERS = `^$|^${APPROVER}( *, *${APPROVER}){0,9}$`;

/** Each rule parameter as CloudFormation takes it, under the rule's own name. */
const RULE_PARAMETERS = {
  kmsKeyArns: { Description: 'ARNs of the keys that are allowed, separated by commas. Empty: any key.' },
  keyVerification: {
    AllowedValues: ['', 'live', 'presence'],
    Description: 'live asks each key; presence only looks that one is named. Empty: live.',
  },
  unverifiableKey: {
    AllowedValues: ['', 'NON_COMPLIANT', 'NOT_APPLICABLE'],
    Description: 'What a key that cannot be asked counts as. Empty: NON_COMPLIANT.',
  },
  organizationTrails: {
    AllowedValues: ['', 'owner', 'everywhere'],
    Description:
      'Where organization trails are judged: in their own account, or in every member too. Empty: owner.',
  },
  checkKeyPolicy: {
    AllowedValues: ['', ...YES_OR_NO, 'strict'],
    Description:
      'Checks that the key policy lets CloudTrail use the key and limits who else can; strict also requires proof. Empty: false.',
  },
  requireKeyRotation: {
    AllowedValues: ['', ...YES_OR_NO],
    Description: 'Demands automatic rotation where KMS offers it. Empty: false.',
  },
  keyMaterialExpiryDays: {
    AllowedPattern: DAYS,
    Description:
      'Days, 0 to 365, that imported key material must last at least. Empty: 0, which does not look.',
  },
};

/** What trailKey.NAME is a setting of: the parameter TrailKeyName of the key's own template, which says what it may be. */
const TRAIL_KEY_SETTINGS = Object.fromEntries(
  Object.entries(trailKeyParameters).map(([parameter, shape]) => [
    `trailKey.${parameter[8].toLowerCase()}${parameter.slice(9)}`,
    {
      parameter,
      default: shape.Default,
      ...(shape.AllowedValues ? { values: shape.AllowedValues } : { pattern: shape.AllowedPattern }),
      shape: shape.ConstraintDescription.replace(/^must be /, '').replace(/\.$/, ''),
      description: shape.Description,
    },
  ]),
);

/** Each further setting: what it may be, the CloudFormation parameter that it is the default of, and what that is for. */
const SETTINGS = {
  createRule: {
    parameter: 'CreateRule',
    values: YES_OR_NO,
    description: 'Makes the AWS Config rule; false leaves that to a conformance pack.',
  },
  watchKeys: { parameter: 'WatchKeys', values: YES_OR_NO, description: 'Judges trails when a key changes.' },
  frequency: { parameter: 'Frequency', values: FREQUENCIES, description: 'How often all trails are judged.' },
  'remediation.key': {
    parameter: 'RemediationKey',
    pattern: KEY,
    shape: 'empty or a key as ARN, alias, ARN of an alias, or id',
    description: 'The key that the remediation gives a trail. Empty: dry runs with alias/trailkey.',
  },
  'remediation.automatic': {
    parameter: 'AutomaticRemediation',
    values: YES_OR_NO,
    description: 'Starts the remediation without anybody pressing a button. Demands a RemediationKey.',
  },
  'trailKey.create': {
    parameter: 'CreateTrailKey',
    values: YES_OR_NO,
    description: 'Makes a KMS key for trails, alias/trailkey. It stays when the stack goes.',
  },
  ...TRAIL_KEY_SETTINGS,
  approvers: {
    pattern: APPROVERS,
    shape: 'empty or at most 10 ARNs or names of users, roles or sessions, separated by commas',
  },
  allowStopLogging: {
    parameter: 'AllowStopLogging',
    values: YES_OR_NO,
    description: 'Lets people stop and start the logging of trails with Trailkey-BackOut.',
  },
  logRetentionDays: { values: LOG_RETENTION_DAYS.map(String) },
  reservedConcurrency: {
    parameter: 'ReservedConcurrency',
    pattern: CONCURRENCY,
    shape: 'empty or a number from 1 to 9999',
    description: 'At most so many invocations at once. Empty: no limit of its own.',
  },
  notificationEmail: {
    parameter: 'NotificationEmail',
    pattern: '^$|^[^ @]+@[^ @]+$',
    shape: 'empty or an address',
    description: 'Told of non-compliant trails by mail. Empty: nobody.',
  },
  dashboard: {
    parameter: 'CreateDashboard',
    values: YES_OR_NO,
    description: 'Makes a CloudWatch dashboard of the function.',
  },
};

const textOf = (value) => (value === undefined || value === null ? '' : String(value));

const problemWith = (name, value) => {
  const setting = SETTINGS[name];
  if (setting === undefined)
    return [`"${name}" is no setting; the settings are ${Object.keys(SETTINGS).join(', ')}, parameters.`];
  const given = textOf(value ?? setting.default);
  const fits = setting.values ? setting.values.includes(given) : new RegExp(setting.pattern).test(given);
  return fits ? [] : [`${name} should be ${setting.shape ?? setting.values.join(', ')} and is "${given}".`];
};

const problemsWithRule = (parameters) => {
  const { parseRuleParameters } = loadCore('rule-parameters.ts');
  try {
    parseRuleParameters(
      Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, textOf(value)])),
    );
    return [];
  } catch (error) {
    if (error.problems) return error.problems.map((problem) => `parameters: ${problem}`);
    throw error;
  }
};

const problemsWithRemediation = (settings, kmsKeyArns) => {
  const key = textOf(settings['remediation.key']);
  const allowed = textOf(kmsKeyArns)
    .split(',')
    .map((arn) => arn.trim());
  return [
    ...(textOf(settings['remediation.automatic']) === 'true' && key === ''
      ? ['remediation.automatic demands remediation.key, the key that trails are given.']
      : []),
    ...(key.includes(':key/') && allowed[0] !== '' && !allowed.includes(key)
      ? [
          `remediation.key is ${key}, which parameters.kmsKeyArns does not hold: the rule would not accept the repair.`,
        ]
      : []),
  ];
};

/** Settings as one level of names: what is grouped is named by its group and itself. */
const flat = (settings) =>
  Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).map(([inner, one]) => [`${name}.${inner}`, one])
        : [[name, value]],
    ),
  );

const capitalised = (name) => name[0].toUpperCase() + name.slice(1);

/** The CloudFormation parameters for settings that are right. */
const stackParameters = ({ parameters, ...settings }) => ({
  ...Object.fromEntries(
    Object.entries(SETTINGS)
      .filter(([, { parameter }]) => parameter)
      .map(([name, { parameter, values, pattern, description, default: byDefault }]) => [
        parameter,
        {
          Type: 'String',
          ...(values ? { AllowedValues: values } : { AllowedPattern: pattern }),
          Default: textOf(settings[name] ?? byDefault),
          Description: description,
        },
      ]),
  ),
  ...Object.fromEntries(
    Object.entries(RULE_PARAMETERS).map(([name, shape]) => [
      capitalised(name),
      { Type: 'String', ...shape, Default: textOf(parameters[name]) },
    ]),
  ),
});

module.exports = async ({ resolveVariable }) => {
  const { parameters, ...others } = await resolveVariable('self:custom.trailkey');
  const settings = flat(others);
  const problems = [
    ...Object.keys({ ...SETTINGS, ...settings }).flatMap((name) => problemWith(name, settings[name])),
    ...problemsWithRule(parameters ?? {}),
    ...problemsWithRemediation(settings, parameters?.kmsKeyArns),
  ];
  if (problems.length > 0) {
    const error = new Error(`custom.trailkey in serverless.yml is wrong: ${problems.join(' ')}`);
    error.stack = error.message; // What osls shows: the sentence is enough.
    throw error;
  }
  return { parameters: stackParameters({ ...settings, parameters: parameters ?? {} }) };
};
