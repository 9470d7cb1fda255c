import { startLogging, stopLogging, updateTrail } from './cloudtrail-changes.js';
import { describeTrails, getTrail, getTrailStatus, listTrails } from './cloudtrail-reads.js';
import { cancelKeyDeletion, describeKey, enableKey, getKeyPolicy, getKeyRotationStatus } from './kms.js';
import { changed, Refusal, type WorldCall } from './state.js';

type Member = 'string' | 'boolean' | 'strings';

type Operation = {
  readonly service: string;
  readonly members: Readonly<Record<string, Member>>;
  readonly required: readonly string[];
  readonly answer: (call: WorldCall) => object;
};

const cloudTrail = (members: Operation['members'], answer: Operation['answer']): Operation => ({
  service: 'CloudTrail_20131101',
  members,
  required: 'Name' in members ? ['Name'] : [],
  answer,
});

const kms = (answer: Operation['answer'], more: Operation['members'] = {}): Operation => ({
  service: 'TrentService',
  members: { KeyId: 'string', ...more },
  required: ['KeyId'],
  answer,
});

/** StartConfigRulesEvaluation, for which rules must be known. */
const startConfigRulesEvaluation = ({ world, body }: WorldCall): object => {
  const names: readonly string[] = body['ConfigRuleNames'] ?? [];
  if (names.length < 1 || names.length > 25)
    throw new Refusal('InvalidParameterValueException', `Expected 1 to 25 rules, got ${names.length}`);
  const unknown = names.find((name) => !world.rules.includes(name));
  if (unknown !== undefined)
    throw new Refusal('NoSuchConfigRuleException', `The ConfigRule '${unknown}' is invalid.`);
  changed(world, 'StartConfigRulesEvaluation', ...names);
  return {};
};

const getCallerIdentity = ({ world }: WorldCall): object => ({
  Arn: `arn:${world.partition}:sts::${world.accountId}:assumed-role/trailkey-remediation/Automation`,
  UserId: 'AROAEXAMPLEEXAMPLEEXA:Automation',
  Account: world.accountId,
});

/** What can be called. Members that exist but are not here, such as a bucket for UpdateTrail, nobody has reason to send. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  GetTrail: cloudTrail({ Name: 'string' }, getTrail),
  GetTrailStatus: cloudTrail({ Name: 'string' }, getTrailStatus),
  DescribeTrails: cloudTrail({ trailNameList: 'strings', includeShadowTrails: 'boolean' }, describeTrails),
  ListTrails: cloudTrail({ NextToken: 'string' }, listTrails),
  UpdateTrail: cloudTrail({ Name: 'string', KmsKeyId: 'string' }, updateTrail),
  StopLogging: cloudTrail({ Name: 'string' }, stopLogging),
  StartLogging: cloudTrail({ Name: 'string' }, startLogging),
  DescribeKey: kms(describeKey, { GrantTokens: 'strings' }),
  EnableKey: kms(enableKey),
  CancelKeyDeletion: kms(cancelKeyDeletion),
  GetKeyPolicy: kms(getKeyPolicy, { PolicyName: 'string' }),
  GetKeyRotationStatus: kms(getKeyRotationStatus),
  StartConfigRulesEvaluation: {
    service: 'StarlingDoveService',
    members: { ConfigRuleNames: 'strings' },
    required: [],
    answer: startConfigRulesEvaluation,
  },
  GetCallerIdentity: { service: 'sts', members: {}, required: [], answer: getCallerIdentity },
};

const FITS = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  strings: (value) => Array.isArray(value) && value.every((entry) => typeof entry === 'string'),
} as const satisfies Record<Member, (value: unknown) => boolean>;

/** Refuses a body that lacks a member, has one that is not known, or one of another type. */
export const checkBody = ({ members, required }: Operation, body: WorldCall['body']): void => {
  const wrong = [
    ...required.filter((name) => !(name in body)).map((name) => `${name} is missing`),
    ...Object.entries(body).flatMap(([name, value]) => {
      const type = members[name];
      if (type === undefined) return [`${name} is not known here`];
      return FITS[type](value) ? [] : [`${name} is not of type ${type}`];
    }),
  ];
  if (wrong.length > 0) throw new Refusal('InvalidParameterException', wrong.join(', '));
};
