import { parseArn } from '../core/arn.js';
import { KEY_TYPE, TRAIL_TYPE } from '../core/configuration-item.js';
import type { DeployedRule, PackStatus } from '../core/deployment.js';
import { messageOf, RuleParametersError } from '../core/errors.js';
import { parseRuleParameters, type RuleParameters } from '../core/rule-parameters.js';
import { asSentence, type Outcome, ok, outcomeOf, type Problem, problem, skipped } from './outcome.js';

/** Where the rule is deployed. */
export type Place = { readonly accountId: string; readonly region: string; readonly partition: string };

/** The name of the rule. In a conformance pack, AWS Config adds a suffix. */
const RULE_NAME = 'cloudtrail-cmk-usable';

const DEPLOY = 'Deploy the Trailkey stack in this Region: docs/deploy-account.md.';

/** Returns the rules of Trailkey, by the prefix of their names. The rule of the stack, which has no suffix, is the first. */
export const trailkeyRules = (rules: readonly DeployedRule[]): readonly DeployedRule[] =>
  rules
    .filter(({ name }) => name.startsWith(RULE_NAME))
    .toSorted((one, other) => one.name.length - other.name.length);

/** Whether there is exactly one rule, and it is active. */
export const checkRule = (rules: readonly DeployedRule[], { region }: Place): Outcome => {
  const [rule, ...others] = rules;
  if (rule === undefined) {
    return problem({
      status: 'failed',
      message: `No rule in ${region} has a name that starts with ${RULE_NAME}.`,
      nextStep: `${DEPLOY} If a conformance pack should create the rule, check its status in AWS Config.`,
    });
  }
  if (others.length > 0) {
    return problem(
      {
        status: 'failed',
        message: `${rules.length} rules evaluate the same trails. Each has its own results and parameters. The following checks are about ${rule.name}.`,
        nextStep:
          'Delete the rules that you do not need: set createRule to false, or delete the conformance pack.',
      },
      rules.map(({ name, state }) => `${name}: ${state ?? 'unknown state'}`),
    );
  }
  return outcomeOf(stateProblems(rule), `The rule is ${rule.name}, and it is active.`);
};

const stateProblems = ({ name, state, owner }: DeployedRule): readonly Problem[] => {
  if (owner !== undefined && owner !== 'CUSTOM_LAMBDA') {
    return [
      {
        status: 'failed',
        message: `Rule ${name} is not a custom Lambda rule (its owner is ${owner}), so it is not a rule of Trailkey.`,
        nextStep: `Delete or rename it. ${DEPLOY}`,
      },
    ];
  }
  switch (state) {
    case 'DELETING':
    case 'DELETING_RESULTS':
      return [
        {
          status: 'failed',
          message: `Rule ${name} is being deleted, or its results are (state ${state}).`,
          nextStep: `Run the command again in a few minutes. If you did not delete the rule: ${DEPLOY}`,
        },
      ];
    default:
      // EVALUATING is a state of an active rule.
      return [];
  }
};

/** Whether the rule invokes a function in its own account and Region. */
export const checkFunction = ({ source }: DeployedRule, { accountId, region }: Place): Outcome => {
  const arn = parseArn(source);
  if (arn?.service !== 'lambda') {
    return problem({
      status: 'failed',
      message: `The source of the rule is not the ARN of a function: ${source ?? 'it is empty'}.`,
      nextStep: DEPLOY,
    });
  }
  if (arn.accountId !== accountId || arn.region !== region) {
    return problem({
      status: 'failed',
      message: `The rule invokes ${source}, which is in account ${arn.accountId} and ${arn.region}. A function rejects events of another account.`,
      nextStep: DEPLOY,
    });
  }
  if (source?.endsWith(':$LATEST')) {
    return problem({
      status: 'failed',
      message: `The rule invokes ${source}. AWS Config does not support $LATEST.`,
      nextStep: 'Remove the suffix from the ARN.',
    });
  }
  return ok(`The rule invokes function ${functionName(source)}.`);
};

/** The name of the function that a rule invokes. */
export const functionName = (source: string | undefined): string => source?.split(':')[6] ?? '';

/** Whether changes of trails and keys invoke the rule, and nothing else. */
export const checkScope = (rule: DeployedRule): Outcome => {
  const { resourceTypes, isNarrowed, modes } = rule;
  const others = resourceTypes.filter((type) => type !== TRAIL_TYPE && type !== KEY_TYPE);
  const problems: readonly (Problem | false)[] = [
    isNarrowed && {
      status: 'failed',
      message:
        'The scope of the rule is a tag or a single resource, so changes of other trails do not invoke it.',
      nextStep: RESET,
    },
    resourceTypes.length > 0 &&
      !resourceTypes.includes(TRAIL_TYPE) && {
        status: 'failed',
        message: `The scope of the rule does not contain ${TRAIL_TYPE}, so changes of trails do not invoke it.`,
        nextStep: RESET,
      },
    resourceTypes.length === 0 &&
      !isNarrowed && {
        status: 'warning',
        message:
          'The rule has no scope, so the function is invoked for each change of any resource, at your cost.',
        nextStep: RESET,
      },
    others.length > 0 && {
      status: 'warning',
      message: `The scope contains ${others.join(', ')}, which the rule does not evaluate.`,
      nextStep: RESET,
    },
    modes.includes('PROACTIVE') && {
      status: 'warning',
      message: 'The rule has the proactive evaluation mode, which it does not support.',
      nextStep: RESET,
    },
  ];
  return outcomeOf(
    problems.filter((one) => one !== false),
    resourceTypes.includes(KEY_TYPE)
      ? 'Changes of trails and keys invoke the rule.'
      : 'Changes of trails invoke the rule; changes of keys do not (watchKeys is false).',
  );
};

const RESET = 'Deploy the stack or the pack again, which sets the scope and the triggers of the rule.';

const CHANGE = 'ConfigurationItemChangeNotification';
const OVERSIZED = 'OversizedConfigurationItemChangeNotification';

/** Whether the rule is invoked for changes, for oversized changes, and on a schedule. */
export const checkTriggers = (rule: DeployedRule): Outcome => {
  const types = rule.triggers.map(({ type }) => type);
  const schedule = scheduleOf(rule);
  const problems: readonly (Problem | false)[] = [
    schedule === undefined && {
      status: 'failed',
      message:
        'The rule has no schedule. Changes that AWS Config misses, keys of other accounts and deleted trails are never evaluated.',
      nextStep: RESET,
    },
    !types.includes(CHANGE) && {
      status: 'warning',
      message: 'Changes do not invoke the rule, so a change is evaluated only on schedule.',
      nextStep: RESET,
    },
    types.includes(CHANGE) &&
      !types.includes(OVERSIZED) && {
        status: 'warning',
        message: 'Oversized changes do not invoke the rule.',
        nextStep: RESET,
      },
  ];
  return outcomeOf(
    problems.filter((one) => one !== false),
    `Changes invoke the rule, and all trails are evaluated ${schedule?.words}.`,
  );
};

type Schedule = { readonly words: string; readonly hours: number };

const FREQUENCIES: ReadonlyMap<string, Schedule> = new Map([
  ['One_Hour', { words: 'every hour', hours: 1 }],
  ['Three_Hours', { words: 'every 3 hours', hours: 3 }],
  ['Six_Hours', { words: 'every 6 hours', hours: 6 }],
  ['Twelve_Hours', { words: 'every 12 hours', hours: 12 }],
  ['TwentyFour_Hours', { words: 'every 24 hours', hours: 24 }],
]);
const DAY: Schedule = { words: 'every 24 hours', hours: 24 };
const SNAPSHOTS: Schedule = { words: 'when AWS Config delivers a snapshot', hours: 24 };

/** The schedule on which a rule evaluates all trails. The default frequency of AWS Config is 24 hours. */
export const scheduleOf = ({ triggers }: DeployedRule): Schedule | undefined => {
  const scheduled = triggers.find(({ type }) => type === 'ScheduledNotification');
  if (scheduled) return FREQUENCIES.get(scheduled.frequency ?? '') ?? DAY;
  return triggers.some(({ type }) => type === 'ConfigurationSnapshotDeliveryCompleted')
    ? SNAPSHOTS
    : undefined;
};

/** The parameters of a rule, parsed as the rule does, or the problems with them. */
export type ParsedParameters =
  | { readonly kind: 'valid'; readonly parameters: RuleParameters; readonly given: string }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** Parses the parameters of a rule. */
export const parseParameters = ({ parameters }: DeployedRule): ParsedParameters => {
  const text = parameters || '{}';
  try {
    return { kind: 'valid', parameters: parseRuleParameters(JSON.parse(text)), given: text };
  } catch (error) {
    return {
      kind: 'invalid',
      problems: error instanceof RuleParametersError ? error.problems : [messageOf(error)],
    };
  }
};

/** Whether the rule accepts its parameters. */
export const checkParameters = (parsed: ParsedParameters): Outcome =>
  parsed.kind === 'valid'
    ? ok(
        parsed.given === '{}'
          ? 'The rule has no parameters.'
          : `The rule parameters are valid: ${parsed.given}.`,
      )
    : problem(
        {
          status: 'failed',
          message: 'The rule parameters are not valid, so each invocation fails.',
          nextStep: 'Correct them in the stack or the pack: docs/parameters.md.',
        },
        parsed.problems,
      );

/** The outcome of a check of the rule if there is no rule. */
export const NO_RULE = skipped('There is no rule.');

/** Without a rule, a pack that could not be created can be the reason. */
const failedPacks = (packs: readonly PackStatus[]): Outcome => {
  const failed = packs.filter(({ state }) => state === 'CREATE_FAILED');
  if (failed.length === 0) return NO_RULE;
  return problem(
    {
      status: 'warning',
      message: 'There is no rule, and conformance packs could not be created.',
      nextStep:
        'If one of them contains the rule, fix the reason and create it again: docs/deploy-account.md.',
    },
    failed.map(({ name, reason }) => `${name}: ${reason ?? 'no reason'}`),
  );
};

const PACKS = 'config-conforms.amazonaws.com';

/** Whether the conformance pack that created the rule is deployed. AWS Config ends the names of its rules with the ID of the pack. */
export const checkPack = (rule: DeployedRule | undefined, packs: readonly PackStatus[]): Outcome => {
  if (rule === undefined) return failedPacks(packs);
  const pack = packs.find(({ id }) => id !== '' && rule.name.endsWith(`-${id}`));
  if (pack === undefined) {
    return rule.createdBy === PACKS
      ? problem({
          status: 'warning',
          message: `A conformance pack created rule ${rule.name}, but no pack of this account and Region has its ID.`,
          nextStep: 'Delete the rule, or create the pack again.',
        })
      : ok('The rule does not come from a conformance pack.');
  }
  const { name, state } = pack;
  if (state === 'CREATE_COMPLETE') return ok(`Conformance pack ${name} is deployed.`);
  const reason = pack.reason === undefined ? '' : ` ${asSentence(pack.reason)}`;
  return state.endsWith('_FAILED')
    ? problem({
        status: 'failed',
        message: `Conformance pack ${name} is in the state ${state}.${reason}`,
        nextStep: 'Fix the reason, and create the pack again: docs/deploy-account.md.',
      })
    : problem({
        status: 'warning',
        message: `Conformance pack ${name} is in the state ${state}.${reason}`,
        nextStep: 'Run the command again when the operation has ended.',
      });
};
