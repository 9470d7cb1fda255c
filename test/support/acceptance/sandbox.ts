import { Readable } from 'node:stream';
import { type AcceptanceOptions, runAcceptance } from '../../../scripts/acceptance/acceptance.js';
import { STEPS } from '../../../scripts/acceptance/plan.js';
import { clientsFor } from '../../../src/aws/clients.js';
import { callsUntil } from '../../../src/aws/requests.js';
import { InterruptedError } from '../../../src/core/errors.js';
import type { Endpoint } from '../../automation/recording.js';
import type { ScriptRunner } from '../../automation/scenario-runner.js';
import { advance, simulatedAnswers } from '../aws-simulator/simulator.js';
import { ACCOUNT, REGION, type SimulatedAws, simulatedAws } from '../aws-simulator/state.js';
import { type Answers, type Call, type Fault, startStandIn } from '../stand-in.js';
import { automationPlayer } from './automations.js';
import { bucketService } from './buckets.js';
import { type Deployment, dashboard } from './dashboard.js';
import { resourceService } from './resources.js';

/** The access key of the person who runs the acceptance: faults can be limited to their calls. */
const PERSON = 'AKIAPERSON';
export const RUN_ID = '0a1b2c3d4e';

/** The exit code of a run that was killed. */
const KILLED = 137;

const DEPLOYMENT: Deployment = {
  parameters: {},
  scope: ['AWS::CloudTrail::Trail', 'AWS::KMS::Key'],
  state: 'ACTIVE',
  isRecording: true,
  isAutomatic: false,
  button: { mode: 'DryRun', key: 'alias/trailkey' },
  evaluatesChanges: true,
  sendsEveryEvent: false,
  rules: 1,
  versions: [
    { DocumentVersion: '1', IsDefaultVersion: false },
    { DocumentVersion: '2', IsDefaultVersion: true },
  ],
};

/** The result of a run: what it printed and wrote. */
type SandboxRun = {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly report: string | undefined;
};

type RunSettings = Partial<Omit<AcceptanceOptions, 'steps'>> & {
  /** The IDs of the steps; without it, all steps. */
  readonly steps?: readonly string[];
  readonly faults?: (call: Call, stderr: string) => Fault | undefined;
  /** Is called in each wait, with what was printed so far. `interrupt` is Ctrl-C, and after `kill` nothing happens any more. */
  readonly onWait?: (
    stderr: string,
    does: { readonly interrupt: () => void; readonly kill: () => void },
  ) => void;
  readonly answer?: string;
};

/** A simulated account in which the stack is deployed, for runs one after another. */
export type Sandbox = {
  /** The endpoint of its services. */
  readonly url: string;
  readonly aws: SimulatedAws;
  /** What exists in the account, by name or ARN; without keys that are pending deletion. */
  readonly existing: () => readonly string[];
  readonly calls: readonly Call[];
  /** Does what a call asks for, whose answer can then be replaced by a fault. */
  readonly perform: (call: Call) => void;
  /** The objects in the buckets, by their names. */
  readonly objects: (bucket: string) => Map<string, string> | undefined;
  /** The status of each automation. */
  readonly automations: () => readonly string[];
  readonly run: (settings?: RunSettings) => Promise<SandboxRun>;
  readonly close: () => Promise<void>;
};

/** What runs the scripts of documents. */
export type StartScripts = (endpoint: Endpoint) => Promise<ScriptRunner> | ScriptRunner;

/** Opens a sandbox. */
export const openSandbox = async (
  startScripts: StartScripts,
  overrides: Partial<Deployment> = {},
): Promise<Sandbox> => {
  const aws = simulatedAws();
  const deployment = { ...DEPLOYMENT, ...overrides };
  let current: RunSettings = {};
  let stderr = '';
  const endpoint = () => standIn.url;
  const resources = resourceService(aws);
  const buckets = bucketService(aws);
  let runScript: ScriptRunner = async () => ({ error: 'not started' });
  const automations = automationPlayer(aws, { runScript: (script) => runScript(script), endpoint });
  const config = dashboard(aws, deployment, {
    endpoint,
    collectsEvents: resources.collectsEvents,
    startDocument: automations.start,
    statusOf: automations.statusOf,
  });
  const answers: Answers = {
    ...simulatedAnswers(aws),
    ...resources.answers,
    ...buckets.answers,
    ...automations.answers,
    ...config.answers,
    ListDocumentVersions: () => ({ DocumentVersions: deployment.versions }),
  };
  const standIn = await startStandIn(
    () => answers,
    (call) => (call.accessKeyId === PERSON ? current.faults?.(call, stderr) : undefined),
  );
  runScript = await startScripts({ aws, standIn });

  /** Lets time pass, in which AWS Config evaluates; automations that run come to their end first. */
  const pass = async (milliseconds: number): Promise<void> => {
    await automations.settled();
    for (let left = milliseconds; left > 0; ) {
      const step = Math.min(left, config.dueIn());
      if (step > 0) advance(aws, step / 1000);
      await config.evaluate();
      left -= step;
    }
  };

  const run = async (settings: RunSettings = {}): Promise<SandboxRun> => {
    const { faults: _, onWait, answer = '', steps, ...options } = settings;
    current = settings;
    stderr = '';
    let stdout = '';
    let report: string | undefined;
    let interrupt = () => {};
    let isKilled = false;
    let endKilled = (_exitCode: number) => {};
    const killed = new Promise<number>((resolve) => {
      endKilled = resolve;
    });
    const kill = () => {
      isKilled = true;
      endKilled(KILLED);
    };
    const clients = clientsFor({
      account: ACCOUNT,
      credentials: async () => ({ accessKeyId: PERSON, secretAccessKey: 'secret-of-the-person' }),
      maxAttempts: 1,
      endpoint: standIn.url,
      observer: {},
    });
    const call = callsUntil(new AbortController().signal, { aborted: () => new InterruptedError('') });
    const ended = runAcceptance(
      {
        isConfirmed: true,
        cleanUpOnly: false,
        shadowRegion: undefined,
        newRunId: RUN_ID,
        ...options,
        steps: STEPS.filter(({ id }) => steps?.includes(id) ?? true),
      },
      {
        connection: {
          region: REGION,
          accountId: ACCOUNT,
          partition: 'aws',
          caller: `arn:aws:sts::${ACCOUNT}:assumed-role/admin/ann`,
          clients,
          call,
        },
        terminal: {
          stdin: Object.assign(Readable.from([answer]), { isTTY: true }),
          stdout: {
            write: (text) => {
              stdout += text;
            },
          },
          stderr: {
            isTTY: true,
            write: (text) => {
              stderr += text;
            },
          },
          env: {},
          now: () => aws.now,
          pause: async (milliseconds, signal) => {
            onWait?.(stderr, { interrupt: () => interrupt(), kill });
            if (isKilled) await new Promise(() => {});
            if (!signal.aborted) await pass(milliseconds);
          },
          onInterrupt: (callback) => {
            interrupt = callback;
            return () => {};
          },
        },
        writeReport: async (_runId, text) => {
          report = text;
          return 'report.md';
        },
      },
    );
    const exitCode = await Promise.race([ended, killed]);
    return { exitCode, stdout, stderr, report };
  };

  return {
    url: standIn.url,
    aws,
    existing: () => [...resources.existing(), ...buckets.stored.keys()],
    calls: standIn.calls,
    perform: (call) => {
      answers[call.operation]?.(call);
    },
    objects: (bucket) => buckets.stored.get(bucket)?.objects,
    automations: automations.statuses,
    run,
    close: () => standIn.close(),
  };
};
