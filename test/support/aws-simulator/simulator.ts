import {
  type Answers,
  type Call,
  type ErrorAnswer,
  type Faults,
  type StandIn,
  startStandIn,
} from '../stand-in.js';
import { cancelKeyDeletion, describeKey, enableKey, getKeyPolicy, getKeyRotationStatus } from './keys.js';
import { changed, Refusal, type SimulatedAws, type SimulatedCall } from './state.js';
import {
  describeTrails,
  dueIn,
  getTrail,
  getTrailStatus,
  listTrails,
  passTime,
  startLogging,
  stopLogging,
  updateTrail,
} from './trails.js';

/** Starts the simulated services. Faults are played before the services hear of a call. */
export const startSimulator = (aws: SimulatedAws, faults?: Faults): Promise<StandIn> =>
  startStandIn(() => simulatedAnswers(aws), faults);

/** Answers as the simulated services do. */
export const simulatedAnswers = (aws: SimulatedAws): Answers =>
  Object.fromEntries(Object.keys(OPERATIONS).map((name) => [name, (call: Call) => answer(aws, call)]));

const answer = (aws: SimulatedAws, { service, operation, region, body }: Call): object => {
  const known = OPERATIONS[operation];
  if (known?.service !== service) return { error: 'UnknownOperationException' };
  if (region === '') return { error: 'MissingAuthenticationTokenException' };
  try {
    checkBody(known, body);
    return known.answer({ aws, region, body });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { error: error.name, message: error.message } satisfies ErrorAnswer;
  }
};

/** Moves time: trails deliver, keys come to their next state, and those that waited for deletion are gone. */
export const advance = (aws: SimulatedAws, seconds: number): void => {
  let left = seconds;
  while (left > 0) {
    const step = Math.min(left, ...nextIn(aws));
    left -= step;
    aws.now += step * 1000;
    settleKeys(aws, step);
    for (const trail of aws.trails) passTime(aws, trail, step);
  }
};

/** In how many seconds something happens. */
const nextIn = ({ now, trails, keys }: SimulatedAws): readonly number[] =>
  [
    ...trails.map(dueIn),
    ...keys.flatMap(({ becomes }) => becomes?.after ?? []),
    ...keys.flatMap(({ state, deletionDate }) =>
      state === 'PendingDeletion' && deletionDate !== undefined ? (deletionDate - now) / 1000 : [],
    ),
  ].filter((due) => due > 0);

const settleKeys = (aws: SimulatedAws, seconds: number): void => {
  for (const key of aws.keys) {
    if (!key.becomes) continue;
    key.becomes.after -= seconds;
    if (key.becomes.after > 0) continue;
    key.state = key.becomes.state;
    key.becomes = undefined;
  }
  aws.keys = aws.keys.filter(
    ({ state, deletionDate = Number.POSITIVE_INFINITY }) =>
      state !== 'PendingDeletion' || deletionDate > aws.now,
  );
};

type Member = 'string' | 'boolean' | 'strings';

type Operation = {
  readonly service: string;
  readonly members: Readonly<Record<string, Member>>;
  readonly required: readonly string[];
  readonly answer: (call: SimulatedCall) => object;
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
const startConfigRulesEvaluation = ({ aws, body }: SimulatedCall): object => {
  const names: readonly string[] = body['ConfigRuleNames'] ?? [];
  if (names.length < 1 || names.length > 25)
    throw new Refusal('InvalidParameterValueException', `Expected 1 to 25 rules, got ${names.length}`);
  const unknown = names.find((name) => !aws.rules.includes(name));
  if (unknown !== undefined)
    throw new Refusal('NoSuchConfigRuleException', `The ConfigRule '${unknown}' is invalid.`);
  changed(aws, 'StartConfigRulesEvaluation', ...names);
  return {};
};

const describeConfigRules = ({ aws }: SimulatedCall): object => ({
  ConfigRules: aws.rules.map((ConfigRuleName) => ({ ConfigRuleName })),
});

const getCallerIdentity = ({ aws }: SimulatedCall): object => ({
  Arn: `arn:${aws.partition}:sts::${aws.accountId}:assumed-role/trailkey-remediation/Automation`,
  UserId: 'AROAEXAMPLEEXAMPLEEXA:Automation',
  Account: aws.accountId,
});

/** What can be called. Members that exist but are not here, such as a bucket for UpdateTrail, nobody has reason to send. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
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
  DescribeConfigRules: {
    service: 'StarlingDoveService',
    members: {},
    required: [],
    answer: describeConfigRules,
  },
  GetCallerIdentity: { service: 'sts', members: {}, required: [], answer: getCallerIdentity },
};

const FITS = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  strings: (value) => Array.isArray(value) && value.every((entry) => typeof entry === 'string'),
} as const satisfies Record<Member, (value: unknown) => boolean>;

/** Refuses a body that lacks a member, has one that is not known, or one of another type. */
const checkBody = ({ members, required }: Operation, body: SimulatedCall['body']): void => {
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
