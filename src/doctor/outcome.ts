import type { AwsError, ReadResult } from '../core/deployment.js';
import type { Finding } from '../core/evaluate-trail.js';

/**
 * The outcome of a check. `warning` works, but something must be fixed or is not as it should be yet. `failed` does not work. `skipped`
 * was not checked.
 */
export type Outcome = {
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped';
  /** One or more sentences. They contain text from AWS. */
  readonly message: string;
  /** What to do, or null where nothing is to be done. */
  readonly nextStep: string | null;
  /** Commands for the next step, for a POSIX shell. Each has the names and the Region in it. */
  readonly commands: readonly string[];
  /** One line for each resource that the message is about. */
  readonly details: readonly string[];
  /** The IAM action that the caller is missing. */
  readonly missingPermission: string | null;
};

/** A problem that a check found. */
export type Problem = {
  readonly status: 'warning' | 'failed';
  readonly message: string;
  readonly nextStep: string;
  readonly commands?: readonly string[];
};

/** A check that passed. */
export const ok = (message: string): Outcome => ({ ...NOTHING, status: 'ok', message });

/** A check that found a problem. */
export const problem = (found: Problem, details: readonly string[] = []): Outcome => ({
  ...NOTHING,
  ...found,
  details,
});

/** A check that has nothing to check, because an earlier check failed. */
export const skipped = (message: string): Outcome => ({ ...NOTHING, status: 'skipped', message });

/** The outcome for several problems: the worst status, and all sentences. Without a problem, the check passed. */
export const outcomeOf = (problems: readonly Problem[], okMessage: string): Outcome => {
  const [first] = problems.toSorted((one, other) => RANK[one.status] - RANK[other.status]);
  if (first === undefined) return ok(okMessage);
  const join = (sentences: readonly string[]) => [...new Set(sentences)].join(' ');
  return problem({
    status: first.status,
    message: join(problems.map(({ message }) => message)),
    nextStep: join(problems.map(({ nextStep }) => nextStep)),
    commands: problems.flatMap(({ commands = [] }) => commands),
  });
};

/** The outcome of a check of what AWS returned. Where it could not be read, the check is skipped. */
export const whenRead = <T>(result: ReadResult<T>, check: (value: T) => Outcome): Outcome => {
  switch (result.kind) {
    case 'read':
      return check(result.value);
    case 'denied':
      return {
        ...skipped(`${result.permission} is denied.`),
        nextStep: `Allow ${result.permission} for your role or user (docs/policies/doctor.json).`,
        missingPermission: result.permission,
      };
    case 'failed':
      return { ...skipped(`${asSentence(result.message)}`), nextStep: 'Run the command again.' };
  }
};

/** Combines two reads into one: the first that failed, or both values. */
export const both = <A, B>(a: ReadResult<A>, b: ReadResult<B>): ReadResult<readonly [A, B]> => {
  if (a.kind !== 'read') return a;
  return b.kind === 'read' ? { kind: 'read', value: [a.value, b.value] } : b;
};

/** The permission that the caller is missing for a key, as a finding reports it. The rule can have permissions that the caller does not have. */
export const deniedPermission = ({ nextStep }: Finding): string | undefined =>
  /^Allow (kms:(?:DescribeKey|Get\w+))/.exec(nextStep)?.[1];

/** An AWS CLI command of words and values. A value that a shell would interpret is in quotes. */
export const awsCommand = (words: string, options: Readonly<Record<string, string>>): string =>
  [`aws ${words}`, ...Object.entries(options).map(([name, value]) => `--${name} ${quoted(value)}`)].join(' ');

/** A value as one word of a POSIX shell. */
export const quoted = (value: string): string =>
  /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;

/** The error of AWS in parentheses, with a space before it, or an empty text. */
export const inParentheses = (error: AwsError | undefined): string => {
  const text = [error?.code, error?.message].filter((part) => part).join(': ');
  return text === '' ? '' : ` (${text})`;
};

/** Ends a text of AWS with a period. */
export const asSentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** A time in milliseconds since 1970, to the second. */
export const formatTime = (time: number): string => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');

const NOTHING = { nextStep: null, commands: [], details: [], missingPermission: null } as const;
const RANK = { failed: 0, warning: 1 } as const;
