import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { JsonObject } from '../../src/core/json-value.js';
import { account, answersFor, liveTrail, metadata, row } from './account.js';
import { type Artifact, artifactEnvironment } from './artifact.js';
import { ACCOUNT, KEY_ARN, keyItem, trailItem } from './builders.js';
import { NODE } from './node.js';
import { ROOT } from './project.js';
import { changeOf, scheduled } from './rule-event.js';
import { type Answers, type Call, type Fault, startStandIn } from './stand-in.js';

/** What came of many invocations of the packaged handler, one after another in one process. */
export type Soak = {
  readonly thrown: readonly string[];
  /** Results that were put and are not those that the account asks for. */
  readonly wrong: readonly string[];
  /** Invocations that ended well, whose results were not all put. */
  readonly lost: readonly string[];
  readonly calls: number;
  readonly faults: number;
  /** Faults that tear a connection down. */
  readonly resets: number;
  /** Responses that are not JSON: they are not retried. */
  readonly malformed: number;
  readonly connections: number;
  /** Bytes of heap in use after each invocation. */
  readonly heap: readonly number[];
  readonly warnings: readonly string[];
};

const BASE = `arn:aws:cloudtrail:eu-west-1:${ACCOUNT}:trail/`;
const KEYS = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/`;

/** Trails, the metadata of their keys, and the verdicts that they must get. */
const TRAILS: readonly (readonly [name: string, key: JsonObject | undefined, code: string])[] = [
  ['audit', { Arn: KEY_ARN }, 'CMK_USABLE'],
  ['stopped', { Arn: `${KEYS}0001`, KeyState: 'Disabled' }, 'KEY_DISABLED'],
  [
    'pending-deletion',
    { Arn: `${KEYS}0002`, KeyState: 'PendingDeletion', DeletionDate: 1_900_000_000 },
    'KEY_PENDING_DELETION',
  ],
  ['theirs', { Arn: `${KEYS}0003`, KeyManager: 'AWS' }, 'KEY_NOT_CUSTOMER_MANAGED'],
  ['keyless', undefined, 'NO_KMS_KEY'],
];

const fieldsOf = ([name, key]: (typeof TRAILS)[number]) => ({
  name,
  trailARN: BASE + name,
  kmsKeyId: key?.['Arn'],
});

const all = TRAILS.map(([name, , code]) => `${name} ${code}`);

/** Events in turn, each with the results that it must bring. */
const EVENTS: readonly (readonly [event: JsonObject, results: readonly string[]])[] = [
  ...TRAILS.map((trail): readonly [JsonObject, readonly string[]] => {
    const [name, , code] = trail;
    return [
      changeOf(trailItem(fieldsOf(trail), { resourceId: name, ARN: BASE + name })),
      [`${name} ${code}`],
    ];
  }),
  [changeOf(keyItem()), ['audit CMK_USABLE']],
  [scheduled(), all],
];

const playedAccount = (): Answers =>
  answersFor(
    account({
      trails: TRAILS.map((trail) => {
        const { name, trailARN, kmsKeyId } = fieldsOf(trail);
        return liveTrail({ Name: name, TrailARN: trailARN, KmsKeyId: kmsKeyId });
      }),
      recorded: TRAILS.map((trail) => {
        const { name, trailARN } = fieldsOf(trail);
        return row(fieldsOf(trail), { resourceId: name, resourceName: name, arn: trailARN });
      }),
      keys: Object.fromEntries(TRAILS.flatMap(([, key]) => (key ? [[key['Arn'], metadata(key)]] : []))),
      current: TRAILS.map(([name]) => ['AWS::CloudTrail::Trail', name]),
    }),
  );

const FAULTS: readonly Fault[] = ['throttle', 'server-error', 'reset', 'malformed'];
const FAULTY_CALLS = 0.05;

/** Numbers from 0 to 1 that look random and are the same in each run (a linear congruential generator). */
const randomFrom = (seed: number) => {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
};

/** Invokes the artifact so often over real HTTP, against an account in which one call in twenty goes wrong. */
export const soak = async (artifact: Artifact, invocations: number): Promise<Soak> => {
  const random = randomFrom(10);
  const count = { calls: 0, faults: 0, resets: 0, malformed: 0 };
  const put = new Map<string, string[]>();
  const answers = playedAccount();
  const standIn = await startStandIn(
    () => ({
      ...answers,
      PutEvaluations: (call: Call) => {
        const { ResultToken, Evaluations } = call.body;
        const codes = Evaluations.map(codeOf);
        put.set(ResultToken, [...(put.get(ResultToken) ?? []), ...codes]);
        return { FailedEvaluations: [] };
      },
    }),
    () => {
      count.calls += 1;
      if (random() >= FAULTY_CALLS) return undefined;
      const fault = FAULTS[Math.floor(random() * FAULTS.length)];
      count.faults += 1;
      count.resets += fault === 'reset' ? 1 : 0;
      count.malformed += fault === 'malformed' ? 1 : 0;
      return fault;
    },
  );
  try {
    const answered = await invokeAll(artifact, {
      invocations,
      url: standIn.url,
      // What was called is of no interest here, and there is much of it.
      onAnswer: () => standIn.calls.splice(0),
    });
    return { ...evaluate(answered, put), ...count, connections: standIn.connections() };
  } finally {
    await standIn.close();
  }
};

const codeOf = ({ ComplianceResourceId, Annotation }: JsonObject): string =>
  `${ComplianceResourceId} ${String(Annotation).split(':')[0]}`;

type Answer = {
  readonly error: { readonly name: string; readonly message: string } | null;
  readonly heap: number;
  readonly warnings: readonly string[];
};

const eventAt = (index: number) => EVENTS[index % EVENTS.length] ?? EVENTS[0];
const tokenAt = (index: number): string => `token-${index}`;

type Work = { readonly invocations: number; readonly url: string; readonly onAnswer: () => void };

const invokeAll = async (
  artifact: Artifact,
  { invocations, url, onAnswer }: Work,
): Promise<readonly Answer[]> => {
  const child = spawn(
    NODE.command,
    [...NODE.args, '--expose-gc', `${ROOT}test/support/soak-artifact.cjs`, artifact.handler],
    { env: artifactEnvironment({ AWS_ENDPOINT_URL: url }), stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const answers: Answer[] = [];
  const send = (index: number) => {
    const event = { ...eventAt(index)?.[0], resultToken: tokenAt(index) };
    child.stdin.write(`${JSON.stringify(event)}\n`);
  };
  send(0);
  for await (const line of createInterface({ input: child.stdout })) {
    answers.push(JSON.parse(line));
    onAnswer();
    if (answers.length === invocations) child.stdin.end();
    else send(answers.length);
  }
  return answers;
};

/** Holds what was put against what each event must bring. Results that were put twice count once: AWS Config takes the last. */
const evaluate = (
  answers: readonly Answer[],
  put: ReadonlyMap<string, readonly string[]>,
): Pick<Soak, 'thrown' | 'wrong' | 'lost' | 'heap' | 'warnings'> => {
  const results = answers.map(({ error }, index) => ({
    name: `invocation ${index}`,
    error,
    expected: eventAt(index)?.[1] ?? [],
    put: put.get(tokenAt(index)) ?? [],
  }));
  return {
    thrown: results.flatMap(({ error }) => (error ? [`${error.name}: ${error.message}`] : [])),
    wrong: results.flatMap((one) =>
      one.put.filter((code) => !one.expected.includes(code)).map((code) => `${one.name} put ${code}`),
    ),
    lost: results.flatMap((one) =>
      one.error
        ? []
        : one.expected.filter((code) => !one.put.includes(code)).map((code) => `${one.name} lost ${code}`),
    ),
    heap: answers.map(({ heap }) => heap),
    warnings: answers.flatMap(({ warnings }) => warnings),
  };
};
